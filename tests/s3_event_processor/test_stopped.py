"""Executions that are stopped, at every state and after every request."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from .definition import AFTER_A_FAULT, ATTEMPTS, OF_A_LANE, REQUESTS, STATES
from .faults import unavailable
from .trial import MAX_RECEIVES, SINGLE, Counted, Outcome, Trial

AT_EVERY_STATE = pytest.mark.parametrize(
    ("instance", "state"), [(name, state) for name, states in STATES.items() for state in states]
)


def lead_to(trial: Trial, state: str) -> None:
    """Break what must break for a state to be entered."""
    if state in ("Reported?", "LeftToTimeout"):
        trial.spoil("DeleteMessage", unavailable, ATTEMPTS)
    if state in ("ReceiveFailed", "LaneFailed"):
        trial.spoil("ReceiveMessage", unavailable, 2 * ATTEMPTS)


def settled(trial: Trial, way: str) -> Outcome:
    """Put an object, and return what becomes of it."""
    [key] = trial.put(way)
    return trial.settle()[key]


def is_of_any_lane(instance: str, state: str) -> bool:
    """Return whether the first lane in a state need not be the one with the message."""
    return instance == "lanes" and state in OF_A_LANE


def states_of(definition: Mapping[str, Any]) -> Iterator[str]:
    for name, state in definition["States"].items():
        yield name
        if "ItemProcessor" in state:
            yield from states_of(state["ItemProcessor"])


def test_all_states_of_the_definition_are_tried(trial: Trial, instance: str) -> None:
    machine = trial.aws.client("stepfunctions").describe_state_machine(
        stateMachineArn=trial.outputs["state_machine_arn"]
    )
    assert sorted(states_of(json.loads(machine["definition"]))) == sorted(STATES[instance])


@pytest.mark.parametrize(
    ("instance", "state"),
    # The message of an object that is processed in the end is not buried.
    [(name, state) for name, states in STATES.items() for state in states if state != "Bury"],
)
def test_an_object_is_processed_though_executions_are_stopped(
    trial: Trial, instance: str, state: str, counted: Counted
) -> None:
    counted("executions")
    lead_to(trial, state)
    trial.watch.on_entering(state, 1, trial.stop)
    ways = {
        "BatchItemFailures": "reported-once",
        "GiveBackOrBury": "once",
        "GiveBack": "once",
    }
    outcome = settled(trial, ways.get(state, "good"))
    assert trial.watch.entered[state]
    # Again only where the function had succeeded, and the message was not deleted.
    processed = {"Delete": [2], "Reported?": [2], "LeftToTimeout": [2]}.get(state, [1])
    assert outcome.processed in ([1, 2] if is_of_any_lane(instance, state) else processed)
    assert not outcome.buried
    assert not outcome.unanswered


@AT_EVERY_STATE
def test_an_object_is_buried_though_executions_are_stopped(
    trial: Trial, instance: str, state: str, counted: Counted
) -> None:
    counted("executions")
    lead_to(trial, state)
    trial.watch.on_entering(state, 1, trial.stop)
    reported = state == "BatchItemFailures"
    outcome = settled(trial, "poison-reported" if reported else "poison")
    assert trial.watch.entered[state]
    buried = {
        # Received once more, to be buried.
        "Bury": [MAX_RECEIVES + 1],
        # Buried again, since it was not deleted.
        "Delete": [MAX_RECEIVES, MAX_RECEIVES + 1],
        "Reported?": [MAX_RECEIVES, MAX_RECEIVES + 1],
        "LeftToTimeout": [MAX_RECEIVES, MAX_RECEIVES + 1],
    }
    if is_of_any_lane(instance, state):
        assert outcome.buried in ([MAX_RECEIVES], *buried.values())
    else:
        assert outcome.buried == buried.get(state, [MAX_RECEIVES])
    assert outcome.causes == {"BatchItemFailures" if reported else "ValueError"}
    assert not outcome.unanswered


@SINGLE
@pytest.mark.parametrize("state", ["Process", "Stagger", "Invoke", "GiveBackOrBury"])
def test_an_object_is_buried_though_the_last_attempt_is_stopped(
    trial: Trial, state: str, counted: Counted
) -> None:
    counted("executions")
    trial.watch.on_entering(state, MAX_RECEIVES, trial.stop)
    assert settled(trial, "poison").buried == [MAX_RECEIVES + 1]


@SINGLE
def test_an_object_whose_executions_are_stopped_again_and_again_was_never_answered(
    trial: Trial, counted: Counted
) -> None:
    for times in range(1, MAX_RECEIVES + 2):
        counted("executions")
        trial.watch.on_entering("Stagger", times, trial.stop)
    assert settled(trial, "good") == Outcome(unanswered=1)


@SINGLE
@pytest.mark.parametrize("operation", REQUESTS)
@pytest.mark.parametrize("way", ["good", "poison"])
def test_executions_are_stopped_after_a_request(
    trial: Trial, way: str, operation: str, counted: Counted
) -> None:
    counted("executions")
    trial.spoil(operation, trial.stopping, 1)
    outcome = settled(trial, way)
    if way == "good":
        assert outcome.processed == (2 if operation == "Invoke" else 1)
        assert not outcome.buried
    else:
        again = [MAX_RECEIVES + 1] if operation == "SendMessage" else []
        assert outcome.buried == [MAX_RECEIVES, *again]


@pytest.mark.parametrize(
    ("instance", "state"),
    [
        (name, state)
        for name, states in STATES.items()
        for state in states
        if state not in AFTER_A_FAULT
    ],
)
@pytest.mark.parametrize("way", ["good", "poison"])
def test_the_schedule_starts_an_execution_while_another_one_runs(
    trial: Trial, way: str, state: str, counted: Counted
) -> None:
    counted("executions")
    trial.watch.on_entering(state, 1, trial.start)
    outcome = settled(trial, way)
    assert outcome.processed == (1 if way == "good" else 0)
    assert outcome.buried == ([MAX_RECEIVES] if way == "poison" else [])
    assert not outcome.unanswered
