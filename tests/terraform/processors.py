"""Instances of modules/s3-event-processor, the objects that go in, and what becomes of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import executions
from .monitored_functions import receive

if TYPE_CHECKING:
    from local_aws import LocalAws


@dataclass(frozen=True, slots=True)
class Processor:
    """An applied instance."""

    aws: LocalAws
    outputs: Mapping[str, Any]

    def put(self, contents: Mapping[str, str]) -> None:
        """Put objects with these contents, by key."""
        for key, content in contents.items():
            self.aws.client("s3").put_object(
                Bucket=self.outputs["bucket_id"], Key=key, Body=content.encode()
            )

    def start(self) -> str:
        """Do what the schedule does, and return the ARN of the execution."""
        before = set(self.executions())
        self.aws.fire(self.outputs["schedule_rule_name"])
        [started] = set(self.executions()) - before
        return started

    def run(self) -> dict[str, Any]:
        """Start an execution, and return its description when it has ended."""
        return self.ended(self.start())

    def executions(self) -> list[str]:
        """Return the ARNs of all executions, the latest first."""
        listed = self.aws.client("stepfunctions").list_executions(
            stateMachineArn=self.outputs["state_machine_arn"]
        )
        return [each["executionArn"] for each in listed["executions"]]

    def ended(self, execution_arn: str) -> dict[str, Any]:
        """Wait for the end of an execution, and return its description."""
        return executions.ended(self.aws, execution_arn)

    def events(self, execution_arn: str) -> list[dict[str, Any]]:
        """Return the history of an execution."""
        return executions.events(self.aws, execution_arn)

    def entered(self, execution_arn: str) -> Counter[str]:
        """Return how often an execution has entered each of its states."""
        return Counter(executions.entered(self.aws, execution_arn))

    def wait_until_entered(self, execution_arn: str, state: str) -> None:
        """Wait until an execution has entered a state."""
        executions.wait_until_entered(self.aws, execution_arn, state)

    def log(self) -> list[dict[str, Any]]:
        """Return what the function has logged for each object that it has processed."""
        pages = (
            self.aws.client("logs")
            .get_paginator("filter_log_events")
            .paginate(logGroupName=self.outputs["log_group_names"]["function"])
        )
        messages = [event["message"] for page in pages for event in page["events"]]
        return [json.loads(message) for message in messages if '"process_complete"' in message]

    def processed(self) -> Counter[str]:
        """Return how often the function has processed each object."""
        return Counter(line["key"] for line in self.log())

    def depth(self) -> tuple[int, int]:
        """Return how many messages are in the queue: visible, and in flight."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.aws.client("sqs").get_queue_attributes(
            QueueUrl=self.outputs["queue_url"], AttributeNames=names
        )["Attributes"]
        visible, in_flight = (int(found[name]) for name in names)
        return visible, in_flight

    def dead_letters(self, key: str) -> list[dict[str, Any]]:
        """Return and delete the messages of a dead-letter queue."""
        return receive(self.aws, self.outputs["dead_letter_queue_urls"][key])


def key_of(message: Mapping[str, Any]) -> str:
    """Return the key of the object that a message is about."""
    key: str = json.loads(message["Body"])["detail"]["object"]["key"]
    return key
