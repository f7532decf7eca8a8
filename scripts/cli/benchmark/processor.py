"""Running the state machine of modules/s3-event-processor on the embedded AWS."""

from __future__ import annotations

import io
import json
import shutil
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..common.interrupts import deferred_interrupts, shielded
from ..common.paths import ROOT
from ..common.temporary_folder import temporary_folder
from ..common.terraform import Terraform
from .harness import BenchmarkError

if TYPE_CHECKING:
    from local_aws import LocalAws

RECEIVE = "Receive"
"""The state in which a cycle begins."""

_MODULE = ROOT / "modules" / "s3-event-processor"
_HANDLERS = Path(__file__).parent / "handlers"
_NAME = "benchmark"
_BATCH = 10
_POLL_SEC = 0.05
_PATIENCE_SEC = 3600
"""Many times as long as the longest execution takes, on a busy machine."""

# What the definition needs to know of the resources of the module. Without them, Terraform renders
# it within a second, and needs no provider.
_SURROUNDINGS = (
    "region",
    "queue_name",
    "queue_url",
    "queue_arn",
    "function_dlq_url",
    "function_name",
    "invoked_arn",
)
_ROOT = "\n".join(
    [
        'variable "surroundings" {\n  type = map(string)\n}',
        "locals {",
        '  partition = "aws"',
        *(f"  {name} = var.surroundings.{name}" for name in _SURROUNDINGS),
        "}",
        'output "definition" {\n  value = jsonencode(local.definition)\n}',
        'output "max_cycles" {\n  value = local.max_cycles\n}\n',
    ]
)


@dataclass(frozen=True, slots=True)
class Execution:
    """The history of an execution that has succeeded."""

    events: Sequence[Mapping[str, Any]]

    @property
    def entered(self) -> Counter[str]:
        """How often each state was entered, which is what AWS bills as state transitions."""
        details = (each.get("stateEnteredEventDetails") for each in self.events)
        return Counter(each["name"] for each in details if each)

    @property
    def transitions(self) -> int:
        return sum(self.entered.values())

    @property
    def seconds(self) -> float:
        took = self.events[-1]["timestamp"] - self.events[0]["timestamp"]
        seconds: float = took.total_seconds()
        return seconds


@dataclass(frozen=True, slots=True)
class Processor:
    """A state machine, its queue and its function. Created by `processor`."""

    aws: LocalAws
    definition: Mapping[str, Any]
    max_cycles: int
    """The number of batches after which an execution ends."""
    machine_arn: str
    queue_url: str
    function_name: str

    def send(self, jobs: Sequence[float]) -> None:
        """Send a message for each job, which takes so many seconds."""
        for first in range(0, len(jobs), _BATCH):
            self.aws.client("sqs").send_message_batch(
                QueueUrl=self.queue_url,
                Entries=[
                    {"Id": str(index), "MessageBody": str(seconds)}
                    for index, seconds in enumerate(jobs[first : first + _BATCH])
                ],
            )

    def start(self) -> str:
        """Start an execution, and return its ARN."""
        started = self.aws.client("stepfunctions").start_execution(
            stateMachineArn=self.machine_arn, input="{}"
        )
        return str(started["executionArn"])

    def ended(self, execution_arn: str) -> Execution:
        """Wait for the end of an execution."""
        states = self.aws.client("stepfunctions")
        until = time.monotonic() + _PATIENCE_SEC
        while (found := states.describe_execution(executionArn=execution_arn))[
            "status"
        ] == "RUNNING":
            if time.monotonic() >= until:
                raise BenchmarkError(
                    f"the execution {execution_arn} has not ended after {_PATIENCE_SEC} s"
                )
            time.sleep(_POLL_SEC)
        if found["status"] != "SUCCEEDED":
            cause = f"{found.get('error')}: {found.get('cause')}"
            raise BenchmarkError(f"the execution {execution_arn} {found['status']}: {cause}")
        pages = states.get_paginator("get_execution_history").paginate(executionArn=execution_arn)
        return Execution([event for page in pages for event in page["events"]])

    def process(self, jobs: Sequence[float]) -> Execution:
        """Run an execution that processes a message for each job."""
        before = len(self.jobs())
        self.send(jobs)
        execution = self.ended(self.start())
        done = len(self.jobs()) - before
        if done != len(jobs):
            raise BenchmarkError(f"{done} of {len(jobs)} messages were processed")
        return execution

    def jobs(self) -> list[tuple[float, float]]:
        """Return when each job of this processor began and ended, by the clock of the machine."""
        logs = self.aws.client("logs")
        group = f"/aws/lambda/{self.function_name}"
        if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
            return []
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        messages = (event["message"] for page in pages for event in page["events"])
        lines = [json.loads(each) for each in messages if each.startswith("{")]
        return [(line["began"], line["ended"]) for line in lines]


@contextmanager
def processor(**variables: Any) -> Iterator[Processor]:
    """Deploy the state machine that the module defines with `variables`, and its function."""
    from local_aws import LocalAws  # moto takes seconds to import

    with (
        temporary_folder("diva-benchmark") as folder,
        shielded(LocalAws()) as aws,
    ):
        yield _deployed(aws, folder, variables)


def _deployed(aws: LocalAws, folder: Path, variables: Mapping[str, Any]) -> Processor:
    role_arn = _role(aws)
    function_arn = aws.client("lambda").create_function(
        FunctionName=_NAME,
        Role=role_arn,
        Handler="jobs.run",
        Runtime=f"python3.{sys.version_info.minor}",
        Timeout=60,
        Code={"ZipFile": _package()},
    )["FunctionArn"]
    sqs = aws.client("sqs")
    queue_url, dlq_url = (
        sqs.create_queue(QueueName=name)["QueueUrl"] for name in (_NAME, f"{_NAME}-dlq")
    )
    surroundings = {
        "region": aws.region,
        "queue_name": _NAME,
        "queue_url": queue_url,
        "queue_arn": f"arn:aws:sqs:{aws.region}:{aws.account_id}:{_NAME}",
        "function_dlq_url": dlq_url,
        "function_name": _NAME,
        "invoked_arn": function_arn,
    }
    given = {
        "name_prefix": _NAME,
        "create_lambda": False,
        "existing_lambda_arn": function_arn,
        "surroundings": surroundings,
    }
    rendered = _render(folder, {**given, **variables})
    machine = aws.client("stepfunctions").create_state_machine(
        name=_NAME, definition=rendered["definition"], roleArn=role_arn
    )
    return Processor(
        aws,
        json.loads(rendered["definition"]),
        rendered["max_cycles"],
        machine["stateMachineArn"],
        queue_url,
        _NAME,
    )


def _render(folder: Path, variables: Mapping[str, Any]) -> dict[str, Any]:
    for name in ("variables.tf", "state_machine.tf"):
        shutil.copyfile(_MODULE / name, folder / name)
    (folder / "root.tf").write_text(_ROOT, encoding="utf-8")
    terraform = Terraform(folder)
    with deferred_interrupts():
        terraform.init()
        terraform.apply(variables)
        return terraform.output()


def _role(aws: LocalAws) -> str:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]},
            }
        ],
    }
    created = aws.client("iam").create_role(
        RoleName=_NAME, AssumeRolePolicyDocument=json.dumps(trust)
    )
    return str(created["Role"]["Arn"])


def _package() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("jobs.py"), (_HANDLERS / "jobs.py").read_bytes())
    return packed.getvalue()
