"""A trial: objects are put, something breaks, and then executions run while nothing does."""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pytest

from ..faults.faulty_aws import Exchange, Fault, FaultyAws, passed
from ..local_aws.clocks import SetClock
from ..processes import PATIENCE_SEC
from ..terraform.processors import Processor, key_of

if TYPE_CHECKING:
    from local_aws import LocalAws

MAX_RECEIVES = 3
"""The default of `sqs_max_receive_count`."""
SINGLE = pytest.mark.parametrize("instance", ["single"])
"""For what does not depend on lanes."""
Counted = Callable[[str], None]
_HOUR_SEC = 3600


class Watch:
    """Does something when an execution enters a state."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        # Takes seconds to import.
        from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager

        self._actions: dict[tuple[str, int], Callable[[], object]] = {}
        self._always: Callable[[str], object] = lambda state: None
        self.entered: Counter[str] = Counter()
        add_event = EventManager.add_event

        def added(
            manager: Any, context: Any, event_type: Any, event_details: Any = None, **more: Any
        ) -> int:
            number: int = add_event(manager, context, event_type, event_details, **more)
            if details := (event_details or {}).get("stateEnteredEventDetails"):
                self._enter(details["name"])
            return number

        patch.setattr(EventManager, "add_event", added)

    def on_entering(self, state: str, times: int, action: Callable[[], object]) -> None:
        """Call `action` when `state` is entered for this time, counted from 1."""
        self._actions[state, times] = action

    def on_entering_any(self, action: Callable[[str], object]) -> None:
        """Call `action` with the name of each state that is entered."""
        self._always = action

    def clear(self) -> None:
        """Forget all actions and counts."""
        self._actions.clear()
        self._always = lambda state: None
        self.entered.clear()

    def _enter(self, state: str) -> None:
        self.entered[state] += 1
        self._always(state)
        if action := self._actions.pop((state, self.entered[state]), None):
            action()


@dataclass(slots=True)
class Outcome:
    """What became of an object."""

    attempts: list[int] = field(default_factory=list)
    """The receive count of each attempt to process it, as the function saw it."""
    processed: int = 0
    buried: list[int] = field(default_factory=list)
    """The receive count of each message in the dead-letter queue of the function."""
    causes: set[str] = field(default_factory=set)
    """The errors with which it was buried."""
    unanswered: int = 0
    """How many messages are in the dead-letter queue of the queue."""


class Trial:
    """An instance of the module, and what is to break."""

    def __init__(
        self,
        aws: LocalAws,
        outputs: Mapping[str, Any],
        proxy: FaultyAws,
        watch: Watch,
        clock: SetClock,
    ) -> None:
        self.aws = aws
        self.outputs = outputs
        self.proxy = proxy
        self.watch = watch
        self.clock = clock
        self.processor = Processor(aws, outputs)
        self.stopped: list[str] = []
        """The ARNs of the executions that were stopped."""
        self._began_ms = int(time.time() * 1000)
        self._keys: list[str] = []

    def clear(self) -> None:
        """Let nothing break any more, and leave nothing behind."""
        self.watch.clear()
        self.proxy.mend()
        self.stop()
        self.proxy.wait_until_quiet()
        self._keys.clear()
        self.clock.advance(60)  # SQS purges a queue once a minute
        for url in (self.outputs["queue_url"], *self.outputs["dead_letter_queue_urls"].values()):
            self.aws.client("sqs").purge_queue(QueueUrl=url)

    def put(self, *ways: str) -> list[str]:
        """Put an object for each of the ways to process it, and return their keys."""
        keys = [f"{self.outputs['name']}/{way}/{uuid.uuid4()}" for way in ways]
        self.processor.put(dict.fromkeys(keys, ""))
        self._keys += keys
        return keys

    def running(self) -> list[str]:
        """Return the ARNs of the executions that run, the latest first."""
        return [
            each["executionArn"]
            for each in self.aws.client("stepfunctions").list_executions(
                stateMachineArn=self.outputs["state_machine_arn"], statusFilter="RUNNING"
            )["executions"]
        ]

    def start(self) -> None:
        """Do what the schedule does."""
        self.aws.client("stepfunctions").start_execution(
            stateMachineArn=self.outputs["state_machine_arn"], input=self.outputs["schedule_input"]
        )

    def stop(self) -> None:
        """Stop all executions that run."""
        for execution in self.running():
            self.aws.client("stepfunctions").stop_execution(executionArn=execution)
            self.stopped.append(execution)

    def wait(self, left: int = 0) -> None:
        """Wait until no execution runs but those that are left."""
        until = time.monotonic() + PATIENCE_SEC
        while len(self.running()) > left:
            assert time.monotonic() < until, "an execution does not end"
            time.sleep(0.01)

    def run(self) -> None:
        """Let the schedule start an execution, and wait until nothing happens any more."""
        self.start()
        self.wait()
        self.proxy.wait_until_quiet()

    def expire(self) -> None:
        """Let the visibility timeouts of all messages end."""
        self.clock.advance(self.outputs["visibility_timeout_seconds"] + 1)

    def spoil(self, operation: str, fault: Fault, count: int, after: int = 0) -> None:
        """Let so many requests meet a fault, after some that do not."""
        self.proxy.next(operation, *[passed] * after, *[fault] * count)

    def stopping(self, exchange: Exchange) -> None:
        """A fault: executions are stopped when a request has had its effect."""
        answer = exchange.forward()
        self.stop()
        exchange.send(answer)

    def settle(self) -> dict[str, Outcome]:
        """Run executions until no message is left, and return what became of each object."""
        for _ in range(100):
            self.run()
            if self.processor.depth() == (0, 0):
                return self.outcomes()
            self.expire()
        raise AssertionError(f"{self.processor.depth()} messages are left")

    def outcomes(self) -> dict[str, Outcome]:
        """Return what became of each object."""
        found: dict[str, Outcome] = defaultdict(Outcome)
        for line in self.log():
            if line["action"] == "attempt":
                found[line["key"]].attempts.append(line["receives"])
            elif line["action"] == "process_complete":
                found[line["key"]].processed += 1
        for message in self._dead_letters("function"):
            attributes = message["MessageAttributes"]
            outcome = found[key_of(message)]
            outcome.buried.append(int(attributes["ReceiveCount"]["StringValue"]))
            outcome.causes.add(json.loads(attributes["Cause"]["StringValue"])["Error"])
        for message in self._dead_letters("queue"):
            found[key_of(message)].unanswered += 1
        return {key: found[key] for key in self._keys}

    def _dead_letters(self, key: str) -> list[dict[str, Any]]:
        """Return the messages of a dead-letter queue, and leave them there."""
        found: list[dict[str, Any]] = []
        while (
            messages := self.aws.client("sqs")
            .receive_message(
                QueueUrl=self.outputs["dead_letter_queue_urls"][key],
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                VisibilityTimeout=_HOUR_SEC,
            )
            .get("Messages")
        ):
            found += messages
        self.clock.advance(_HOUR_SEC + 1)
        return found

    def log(self) -> Iterator[dict[str, Any]]:
        """Return what the function has logged since the trial began."""
        pages = (
            self.aws.client("logs")
            .get_paginator("filter_log_events")
            .paginate(
                logGroupName=self.outputs["log_group_names"]["function"], startTime=self._began_ms
            )
        )
        events = [event for page in pages for event in page["events"]]
        for event in sorted(events, key=itemgetter("timestamp")):
            if '"action"' in event["message"]:
                yield json.loads(event["message"])
