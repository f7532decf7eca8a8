"""What the demo of the S3 event processor makes of the histories of executions."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from cli.common.output import Output
from cli.demo import timeline
from cli.demo.objects import Objects, Place, Run
from cli.demo.processing import ProcessingDemonstration

BEGAN = datetime(2026, 11, 22, tzinfo=timezone.utc)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def entered(state: str, key: str, seconds: float = 0) -> dict[str, Any]:
    """Return the event of a history that an execution enters a state with a message."""
    body = json.dumps({"detail": {"object": {"key": key}}})
    message = {"message": {"MessageId": f"id-of-{key}", "Body": body}}
    return {
        "timestamp": at(seconds),
        "stateEnteredEventDetails": {"name": state, "input": json.dumps(message)},
    }


@pytest.mark.parametrize(
    ("states", "place", "succeeded"),
    [
        (["Stagger"], Place.WAITING, []),
        (["Stagger", "Invoke"], Place.RUNNING, [False]),
        (["Stagger", "Invoke", "Delete"], Place.DONE, [True]),
        (["Stagger", "Invoke", "GiveBackOrBury", "GiveBack"], Place.GIVEN_BACK, [False]),
        (["Stagger", "Invoke", "GiveBackOrBury", "Bury", "Delete"], Place.BURIED, [False]),
        (["Stagger", "Invoke", "GiveBackOrBury", "Bury", "GiveBack"], Place.GIVEN_BACK, [False]),
    ],
)
def test_an_object_is_where_its_message_was_last(
    states: list[str], place: Place, succeeded: list[bool]
) -> None:
    objects = Objects()
    for state in states:
        objects.read(1, entered(state, "a.csv"))
    assert objects.places == {"a.csv": place}
    assert [run.succeeded for run in objects.runs] == succeeded


def test_starts_and_failures_are_moments_to_show() -> None:
    objects = Objects()
    states = ("Stagger", "Invoke", "GiveBackOrBury", "Bury", "Delete", "GiveBack")
    shown = [state for state in states if objects.read(1, entered(state, "a.csv"))]
    assert shown == ["Invoke", "Bury", "GiveBack"]
    assert not objects.read(1, {"timestamp": BEGAN, "type": "ExecutionStarted"})
    assert not objects.read(1, entered("Receive", "a.csv"))


def test_a_run_lasts_from_the_invocation_until_the_next_state() -> None:
    objects = Objects()
    for number, state in enumerate(["Stagger", "Invoke", "GiveBackOrBury", "GiveBack"]):
        objects.read(3, entered(state, "a.csv", number))
    assert objects.runs == [Run("a.csv", 3, at(1), at(2), succeeded=False)]


def chart(monkeypatch: pytest.MonkeyPatch, capsys: Any, columns: int, *runs: Run) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(columns))
    timeline.show(Output(), ["a.csv", "b.csv"], runs)
    lines: list[str] = capsys.readouterr().out.splitlines()
    return lines


RUNS = (
    Run("a.csv", 1, at(0), at(0.6), succeeded=True),
    Run("b.csv", 1, at(1), at(1.3), succeeded=False),
    Run("b.csv", 2, at(40), at(40.1), succeeded=True),
    Run("a.csv", 2, at(41), None),
)


def test_the_timeline_shows_when_functions_started_ended_and_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chart(monkeypatch, capsys, 80, *RUNS) == [
        "",
        "Runs of the function, by execution",
        "       1      ┊ 2",
        "a.csv  ███ ·  ┊ ·   ✗",
        "b.csv  ·   █✗ ┊ █   ·",
        "█ running  ✗ failed  · a second  (a column is 0.25 s)",
    ]


def test_a_timeline_that_is_too_wide_has_longer_columns(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    long = Run("b.csv", 1, at(1), at(20), succeeded=True)
    lines = chart(monkeypatch, capsys, 40, RUNS[0], long)
    assert lines[2:5] == [
        "       1",
        "a.csv  █····················",
        "b.csv  ·████████████████████",
    ]
    assert lines[5].endswith("(a column is 1 s)")


def test_commands_to_go_on_name_what_the_example_has() -> None:
    queues = "http://127.0.0.1:5000/123456789012"
    outputs = {
        "bucket": "files",
        "state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:machine",
        "queue_url": f"{queues}/events",
        "dead_letter_queue_urls": {"function": f"{queues}/letters"},
        "repair_command": "aws lambda repair",
    }
    put, start, repair, replay = ProcessingDemonstration().commands(outputs)
    assert "aws s3 cp - s3://files/new.csv" in put
    assert f"start-execution --state-machine-arn {outputs['state_machine_arn']}" in start
    assert repair == "aws lambda repair  # repair"
    assert f"redrive {queues}/letters {queues}/events  # replay" in replay
