"""The examples as a person uses them: applied, observed, broken, repaired, destroyed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli import aws_command
from cli.example import spare_expiry
from cli.terraform import Terraform, working_copy

if TYPE_CHECKING:
    from local_aws import LocalAws

WITH_EXPIRY = ("monolithic", "vpc-kms")

# What happens before a period, and the status of each event in it.
MONOLITHIC = [
    #                 orders                    receipts    website
    (None,            "verified",               "verified", "ok"),
    (None,            "verified",               "ok",       "ok"),
    ("break_command", "injected",               "ok",       "ok"),
    (None,            "injected alerted",       "ok",       "ok"),
    (None,            "injected",               "ok",       "ok"),
    ("repair_command", "cooldown (1/2)",        "ok",       "ok"),
    (None,            "cooldown (2/2) resolved", "ok",      "ok"),
    (None,            "verified",               "ok",       "ok"),
]  # fmt: skip

# What happens before a period; then worker, invoices and shipments of both workers' runs.
DISTRIBUTED = [
    ((), "detect", "waiting (1×)", "waiting (1×)"),
    ((), "inject", "waiting (1×)", "waiting (1×)"),
    ((), "detect", "warmup (1/1)", "warmup (1/1)"),
    ((), "inject", "skipped", "skipped"),
    (("break_command", "expire_command"), "detect", "failed_detection (1/2)", "ok"),
    ((), "inject", "injected", "skipped"),
    ((), "detect", "failed_detection (2/2) alerted", "ok"),
    ((), "inject", "injected", "skipped"),
    (("repair_command",), "detect", "failed_detection (3/2)", "ok"),
    ((), "inject", "injected", "skipped"),
    ((), "detect", "ok resolved", "ok"),
    ((), "inject", "skipped", "skipped"),
]


def test_monolithic_is_broken_and_repaired(aws: LocalAws, tmp_path: Path) -> None:
    with applied(aws, tmp_path, "monolithic") as (terraform, outputs):
        seen = []
        for command, *_ in MONOLITHIC:
            if command:
                aws_command.run(outputs[command], aws.client)
            statuses = period(aws, outputs["eventbridge_rule_name"])
            seen.append((command, statuses["orders"], statuses["receipts"], statuses["website"]))
        assert seen == MONOLITHIC
        assert subjects(aws, outputs) == ["DIVA: orders is failing", "DIVA: orders is healthy"]
        assert not terraform.plan(), "a second plan is empty"


def test_distributed_is_broken_and_repaired(aws: LocalAws, tmp_path: Path) -> None:
    with applied(aws, tmp_path, "distributed") as (terraform, outputs):
        seen = []
        for commands, worker, *_ in DISTRIBUTED:
            for command in commands:
                aws_command.run(outputs[command], aws.client)
            statuses = period(aws, outputs["eventbridge_rule_names"][worker])
            seen.append((commands, worker, statuses["invoices"], statuses["shipments"]))
        assert seen == DISTRIBUTED
        assert subjects(aws, outputs) == ["DIVA: invoices is failing", "DIVA: invoices is healthy"]
        assert not terraform.plan(), "a second plan is empty"


def test_existing_state_uses_bucket_table_and_key_that_are_there(
    aws: LocalAws, tmp_path: Path
) -> None:
    urls = {"front": aws.endpoint, "gone": f"{aws.endpoint}/no-such-bucket"}
    variables = {"shop_urls": urls}
    with applied(aws, tmp_path, "existing-state", variables) as (terraform, outputs):
        rules = outputs["eventbridge_rule_names"]
        assert period(aws, rules["shop"]) == {"front": "ok", "gone": "failed_detection (1/3)"}
        assert period(aws, rules["partners"]) == {"dynamodb": "ok"}

        bucket, key = outputs["state_bucket_name"], outputs["state_key"]
        state = aws.client("s3").get_object(Bucket=bucket, Key=key)
        assert state["ServerSideEncryption"] == "aws:kms"
        assert "404" in json.loads(state["Body"].read())["gone"]["last_error"]
        table = outputs["dynamodb_table_name"]
        [item] = aws.client("dynamodb").scan(TableName=table)["Items"]
        assert item["event_id"] == {"S": "dynamodb"}
        assert not terraform.plan(variables), "a second plan is empty"


def test_vpc_kms_keeps_to_its_network_and_key(aws: LocalAws, tmp_path: Path) -> None:
    with applied(aws, tmp_path, "vpc-kms") as (terraform, outputs):
        assert period(aws, outputs["eventbridge_rule_name"]) == {"service": "ok"}

        name, key_arn = outputs["lambda_function_name"], outputs["kms_key_arn"]
        function = aws.client("lambda").get_function_configuration(FunctionName=name)
        assert function["KMSKeyArn"] == key_arn
        assert function["VpcConfig"]["VpcId"] == outputs["vpc_id"]
        assert function["VpcConfig"]["SecurityGroupIds"] == [outputs["security_group_id"]]
        group = f"/aws/lambda/{name}"
        [group] = aws.client("logs").describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        assert group["kmsKeyId"] == key_arn
        bucket, key = outputs["state_bucket_name"], outputs["state_key"]
        state = aws.client("s3").head_object(Bucket=bucket, Key=key)
        assert state["SSEKMSKeyId"] == key_arn
        topic = aws.client("sns").get_topic_attributes(TopicArn=outputs["alert_topic_arn"])
        assert topic["Attributes"]["KmsMasterKeyId"] == key_arn
        for command in ("break_command", "repair_command"):
            aws_command.run(outputs[command], aws.client)
        assert not terraform.plan(), "a second plan is empty"


@contextmanager
def applied(
    aws: LocalAws, folder: Path, example: str, variables: dict[str, Any] | None = None
) -> Iterator[tuple[Terraform, dict[str, Any]]]:
    """Apply a copy of an example for the time of a `with` block, then see that all of it goes."""
    root = working_copy(folder / "project") / "examples" / example
    if example in WITH_EXPIRY:
        spare_expiry(root)
    terraform = Terraform(root)
    terraform.init()
    before = everything(aws)
    terraform.apply(variables)
    yield terraform, terraform.output()
    terraform.destroy(variables)
    assert everything(aws) == before


def period(aws: LocalAws, rule_name: str) -> dict[str, str]:
    """Let a period come up; return the status of each event."""
    [invocation] = aws.fire(rule_name)
    assert invocation.function_error is None, invocation.log_tail
    results: dict[str, str] = invocation.payload["results"]
    return results


def subjects(aws: LocalAws, outputs: dict[str, Any]) -> list[str]:
    """Return the subjects of the messages that have arrived on the example's topic."""
    answer = aws.client("sqs").receive_message(
        QueueUrl=outputs["inbox_queue_url"], MaxNumberOfMessages=10
    )
    return [json.loads(message["Body"])["Subject"] for message in answer.get("Messages", [])]


def everything(aws: LocalAws) -> set[str]:
    """Return the names of all there is that an example could leave behind."""
    vpcs = aws.client("ec2").describe_vpcs()["Vpcs"]
    return {
        *(each["FunctionName"] for each in aws.client("lambda").list_functions()["Functions"]),
        *(each["Name"] for each in aws.client("s3").list_buckets()["Buckets"]),
        *(each["TopicArn"] for each in aws.client("sns").list_topics()["Topics"]),
        *aws.client("sqs").list_queues().get("QueueUrls", []),
        *aws.client("dynamodb").list_tables()["TableNames"],
        *(each["Name"] for each in aws.client("events").list_rules()["Rules"]),
        *(each["logGroupName"] for each in aws.client("logs").describe_log_groups()["logGroups"]),
        *(each["Arn"] for each in aws.client("iam").list_roles()["Roles"]),
        *(vpc["VpcId"] for vpc in vpcs),
    }
