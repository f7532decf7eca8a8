"""Instances of the module, created as Terraform plans them.

The provider waits minutes for queues and buckets to settle, and would not do anything else here
than call the same API. Queues and rules are therefore created first, and imported into the plan,
so that the plan knows everything that depends on them: the definition of the state machine, the
policies of its role, and the redrive policies. It is then created from the plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.common.terraform import working_copy

from ..local_aws.functions import TRUST, zipped
from ..terraform.roots import plan_root, write_modules

if TYPE_CHECKING:
    from local_aws import LocalAws

BUCKET, FUNCTION = "incoming", "process"
TIMEOUT_SEC = 60
"""More than an object takes, however busy the machine is."""
DEAD_LETTERS = {"function": "function-dlq", "queue": "events-dlq"}
Planned = Mapping[str, Mapping[str, Any]]
"""What an instance plans, by type and name of the resource."""


def deploy(
    aws: LocalAws, folder: Path, instances: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Create instances with these variables, and return the outputs of each.

    They process the objects of one bucket below a prefix, with one function.
    """
    function_arn = _create_function(aws)
    aws.client("s3").create_bucket(Bucket=BUCKET)
    aws.client("s3").put_bucket_notification_configuration(
        Bucket=BUCKET, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    common = {
        "create_bucket": False,
        "existing_bucket_id": BUCKET,
        "create_lambda": False,
        "existing_lambda_arn": function_arn,
    }
    given = {
        name: {"name_prefix": name, "s3_key_prefixes": [f"{name}/"], **common, **variables}
        for name, variables in instances.items()
    }
    root = write_modules(working_copy(folder), "../modules/s3-event-processor", given)
    imports = [line for name in given for line in _create_first(aws, name)]
    (root / "imports.tf").write_text("\n".join(imports), encoding="utf-8")
    changes = plan_root(root)["resource_changes"]
    planned = {name: _planned(changes, name) for name in given}
    return {name: _create(aws, name, each) for name, each in planned.items()}


@contextmanager
def repaired(aws: LocalAws) -> Iterator[None]:
    """Deploy a function that refuses nothing, for a `with` block."""
    _configure(aws, Environment={"Variables": {"REPAIRED": "1"}})
    try:
        yield
    finally:
        _configure(aws, Environment={"Variables": {}})


@contextmanager
def impatient(aws: LocalAws) -> Iterator[None]:
    """Let the function time out after a second, for a `with` block."""
    _configure(aws, Timeout=1)
    try:
        yield
    finally:
        _configure(aws, Timeout=TIMEOUT_SEC)


def _configure(aws: LocalAws, **changes: Any) -> None:
    aws.client("lambda").update_function_configuration(FunctionName=FUNCTION, **changes)


def _create_function(aws: LocalAws) -> str:
    source = Path(__file__).parent / "functions" / "process.py"
    role = aws.client("iam").create_role(RoleName="function", AssumeRolePolicyDocument=TRUST)
    logs = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    _put_policy(aws, "function", json.dumps({"Version": "2012-10-17", "Statement": [logs]}))
    created = aws.client("lambda").create_function(
        FunctionName=FUNCTION,
        Role=role["Role"]["Arn"],
        Code={"ZipFile": zipped({"process.py": source.read_text(encoding="utf-8")})},
        Runtime="python3.12",
        Handler="process.lambda_handler",
        Timeout=TIMEOUT_SEC,
    )
    return str(created["FunctionArn"])


def _put_policy(aws: LocalAws, role: str, policy: str) -> None:
    aws.client("iam").put_role_policy(RoleName=role, PolicyName="tests", PolicyDocument=policy)


def _create_first(aws: LocalAws, name: str) -> list[str]:
    """Create the queues and the rule of an instance, and return their import blocks."""
    rule = f"{name}-object-created"
    aws.client("events").put_rule(Name=rule, EventPattern='{"source": ["nothing"]}')
    found = {"aws_cloudwatch_event_rule.objects": rule}
    queues = {"aws_sqs_queue.events": "events"}
    queues |= {f'aws_sqs_queue.dead_letters["{key}"]': each for key, each in DEAD_LETTERS.items()}
    for address, queue in queues.items():
        created = aws.client("sqs").create_queue(QueueName=f"{name}-{queue}")
        found[address] = created["QueueUrl"]
    return [
        f'import {{\n  to = module.{name}.{address}\n  id = "{identifier}"\n}}'
        for address, identifier in found.items()
    ]


def _planned(changes: list[dict[str, Any]], name: str) -> Planned:
    prefix = f"module.{name}."
    return {
        change["address"].removeprefix(prefix): change["change"]["after"]
        for change in changes
        if change["address"].startswith(prefix) and change["mode"] == "managed"
    }


def _create(aws: LocalAws, name: str, planned: Planned) -> dict[str, Any]:
    queue = planned["aws_sqs_queue.events"]
    attributes = {
        "VisibilityTimeout": str(queue["visibility_timeout_seconds"]),
        "MessageRetentionPeriod": str(queue["message_retention_seconds"]),
        "ReceiveMessageWaitTimeSeconds": str(queue["receive_wait_time_seconds"]),
        "RedrivePolicy": queue["redrive_policy"],
        "Policy": queue["policy"],
    }
    aws.client("sqs").set_queue_attributes(QueueUrl=queue["url"], Attributes=attributes)
    rule = planned["aws_cloudwatch_event_rule.objects"]
    events = aws.client("events")
    events.put_rule(Name=rule["name"], EventPattern=rule["event_pattern"])
    target = planned["aws_cloudwatch_event_target.objects"]
    events.put_targets(
        Rule=rule["name"], Targets=[{"Id": target["target_id"], "Arn": target["arn"]}]
    )
    return {
        "name": name,
        "bucket_id": BUCKET,
        "queue_url": queue["url"],
        "queue_name": queue["name"],
        "visibility_timeout_seconds": queue["visibility_timeout_seconds"],
        "dead_letter_queue_urls": {
            key: planned[f'aws_sqs_queue.dead_letters["{key}"]']["url"] for key in DEAD_LETTERS
        },
        "log_group_names": {"function": f"/aws/lambda/{FUNCTION}"},
        "state_machine_arn": _create_state_machine(aws, planned),
        "schedule_input": planned["aws_cloudwatch_event_target.schedule"]["input"],
    }


def _create_state_machine(aws: LocalAws, planned: Planned) -> str:
    role = planned["aws_iam_role.state_machine"]
    created = aws.client("iam").create_role(
        RoleName=role["name"], AssumeRolePolicyDocument=role["assume_role_policy"]
    )
    _put_policy(aws, role["name"], planned["aws_iam_role_policy.state_machine"]["policy"])
    machine = planned["aws_sfn_state_machine.this"]
    return str(
        aws.client("stepfunctions").create_state_machine(
            name=machine["name"],
            definition=machine["definition"],
            roleArn=created["Role"]["Arn"],
        )["stateMachineArn"]
    )
