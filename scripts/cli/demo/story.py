"""The story of files in the S3 event processor."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ..common.output import Output
from ..common.text import counted, printable
from ..redrive.queues import find
from ..redrive.replay import Replay
from . import aws_cli, buried, timeline
from .demonstration import Outputs
from .object_table import ObjectTable
from .objects import Objects, Place
from .title import show_title

if TYPE_CHECKING:
    from local_aws import LocalAws

BROKEN = "broken.csv"
_TABLE = "day,temperature\n1,4\n2,18\n"
FILES = {
    "oslo.csv": _TABLE,
    "rome.csv": _TABLE,
    BROKEN: "no,table\nat all\n",
    "lima.csv": _TABLE,
    "cairo.csv": _TABLE,
}
LATE_FILES = {"paris.csv": _TABLE}
CORRECTED = {BROKEN: _TABLE}
KEYS = [*FILES, *LATE_FILES]

_POLL_SEC = 0.1


class Story:
    """Files go in, one is broken; the function breaks and is repaired; what is buried is replayed.

    However long the function takes, all files are processed in the end.
    """

    def __init__(self, aws: LocalAws, output: Output, outputs: Outputs) -> None:
        self._aws = aws
        self._output = output
        self._outputs = outputs
        self._letters_url: str = outputs["dead_letter_queue_urls"]["function"]
        self._queue_url: str = outputs["queue_url"]
        self._objects = Objects()
        self._table = ObjectTable(output, KEYS)
        self._began = datetime.now(timezone.utc)
        self._execution = 0
        self._problems: list[str] = []

    def tell(self) -> str | None:
        """Tell the story. Returns what went wrong in it that is no part of it."""
        show = self._table.show_scene
        self._table.show_heading()
        show(f"Five files are put into the bucket. {BROKEN} is not a table.")
        self._put(FILES)
        show("The schedule fires: at most four functions at once, one second apart.")
        self._execute()
        show("The function breaks: a release writes to a bucket that does not exist.")
        aws_cli.run(self._outputs["break_command"], self._aws.client)
        self._put(LATE_FILES)
        self._execute()
        show("The function is repaired. The schedule fires until the queue is empty.")
        aws_cli.run(self._outputs["repair_command"], self._aws.client)
        self._execute_until_empty()
        found = buried.messages(self._aws.client("sqs"), self._letters_url)
        for each in found:
            text = f"{each.key} is buried after {each.attempts} attempts: {each.cause}"
            self._table.show_detail(printable(text), "red")
        show(f"{BROKEN} is corrected, and the buried event replayed.")
        self._put(CORRECTED)
        self._replay([each.key for each in found])
        self._execute_until_empty()
        self._table.show_legend()
        timeline.show(self._output, KEYS, self._objects.runs)
        self._show_results()
        return self._problem()

    def _put(self, contents: Mapping[str, str]) -> None:
        for key, content in contents.items():
            self._aws.client("s3").put_object(
                Bucket=self._outputs["bucket"], Key=key, Body=content.encode()
            )
            self._objects.places[key] = Place.QUEUED
        self._show(datetime.now(timezone.utc))

    def _execute_until_empty(self) -> None:
        """Fire the schedule whenever there are messages, until all are processed or buried."""
        while self._has_messages():
            self._execute()

    def _has_messages(self) -> bool:
        """Wait until a message is visible, or the queue is empty."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        with self._output.busy("Waiting until what was given back is visible again ..."):
            while True:
                found = self._aws.client("sqs").get_queue_attributes(
                    QueueUrl=self._queue_url, AttributeNames=names
                )["Attributes"]
                visible, in_flight = (int(found[name]) for name in names)
                if visible or not in_flight:
                    return visible > 0
                time.sleep(_POLL_SEC)

    def _execute(self) -> None:
        """Fire the schedule, and print the rows of the execution that it starts."""
        before = set(self._executions())
        self._aws.fire(self._outputs["schedule_rule_name"])
        [arn] = set(self._executions()) - before
        self._execution += 1
        with self._output.busy(f"Execution {self._execution} ..."):
            for event in self._events(arn):
                if self._objects.read(self._execution, event):
                    self._show(event["timestamp"], self._execution)
        self._show(datetime.now(timezone.utc), self._execution)

    def _executions(self) -> list[str]:
        states = self._aws.client("stepfunctions")
        machine_arn = self._outputs["state_machine_arn"]
        found = states.list_executions(stateMachineArn=machine_arn)["executions"]
        return [each["executionArn"] for each in found]

    def _events(self, arn: str) -> Iterator[Mapping[str, Any]]:
        """Yield the history of an execution as it happens, until its end."""
        states = self._aws.client("stepfunctions")
        pages = states.get_paginator("get_execution_history")
        seen = 0
        while True:
            # Before its history, which is complete once it has ended.
            status = states.describe_execution(executionArn=arn)["status"]
            history = [each for page in pages.paginate(executionArn=arn) for each in page["events"]]
            yield from history[seen:]
            seen = len(history)
            if status != "RUNNING":
                break
            time.sleep(_POLL_SEC)
        if status != "SUCCEEDED":
            self._problems.append(f"execution {self._execution} ended with the status {status}")

    def _replay(self, keys: Sequence[str]) -> None:
        """Do what `redrive` does. Raises RedriveError."""
        letters, queue = find(self._letters_url), find(self._queue_url)
        self._table.show_detail(f"$ scripts/redrive {letters.name} {queue.name}", "dim")
        replay = Replay(letters, queue, len(keys))
        with self._output.busy("Replaying ..."), closing(replay.batches()) as batches:
            for _ in batches:
                pass
        self._problems += replay.problems
        for key in keys:
            self._objects.places[key] = Place.QUEUED
        text = f"Sent {counted(replay.sent, 'message')}."
        self._table.show_detail(f"{text} The event of the corrected file is processed as well.")

    def _show(self, at: datetime, execution: int | None = None) -> None:
        seconds = (at - self._began).total_seconds()
        self._table.add(seconds, execution, self._objects.places)

    def _show_results(self) -> None:
        bucket = self._outputs["results_bucket"]
        listed = self._aws.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
        show_title(self._output, f"Summaries in {bucket}")
        self._output.line(", ".join(each["Key"] for each in listed) or "none")

    def _problem(self) -> str | None:
        left = [key for key, place in self._objects.places.items() if place is not Place.DONE]
        if left:
            self._problems.append(f"not processed: {', '.join(left)}")
        return "; ".join(self._problems) or None
