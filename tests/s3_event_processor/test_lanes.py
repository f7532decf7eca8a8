"""What lanes do not do to each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from .faults import answered
from .trial import Trial

pytestmark = pytest.mark.parametrize("instance", ["lanes"])
TOO_LARGE = answered({"Messages": [{"MessageId": "1", "Body": "x" * 300_000}]})


def history(trial: Trial) -> list[dict[str, Any]]:
    """Return the events of the latest execution."""
    states = trial.aws.client("stepfunctions")
    machine = trial.outputs["state_machine_arn"]
    latest = states.list_executions(stateMachineArn=machine)["executions"][0]
    pages = states.get_paginator("get_execution_history").paginate(
        executionArn=latest["executionArn"]
    )
    return [event for page in pages for event in page["events"]]


@contextmanager
def start_offset(trial: Trial, seconds: int) -> Iterator[None]:
    """Let all lanes start with an offset, as those after the first do with a longer stagger."""
    states = trial.aws.client("stepfunctions")
    machine = trial.outputs["state_machine_arn"]
    before = states.describe_state_machine(stateMachineArn=machine)["definition"]
    definition = json.loads(before)
    for lane in definition["States"]["FindOldestExecution"]["ResultSelector"]["lanes"]:
        lane["run"]["offset"] = seconds
    states.update_state_machine(stateMachineArn=machine, definition=json.dumps(definition))
    yield
    states.update_state_machine(stateMachineArn=machine, definition=before)


def test_a_lane_whose_batch_is_too_large_does_not_stop_the_others(trial: Trial) -> None:
    trial.spoil("ReceiveMessage", TOO_LARGE, 1)
    trial.put("good")
    trial.run()
    failed = history(trial)[-1]["executionFailedEventDetails"]
    assert failed["error"] == "ReceiveFailed"


def test_a_lane_waits_its_start_offset_once(trial: Trial) -> None:
    trial.watch.on_entering("CountCycle", 1, lambda: trial.put("good"))
    with start_offset(trial, 1):
        trial.put("good")
        trial.run()
    entered = (each.get("stateEnteredEventDetails", {}) for each in history(trial))
    delays = [
        json.loads(each["input"])["delay"] for each in entered if each.get("name") == "Stagger"
    ]
    assert delays == [1, 0]
