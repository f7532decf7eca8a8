"""The lines that CloudWatch Logs makes metrics of: embedded metric format, one object a line."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from diva.handler import PeriodFailed

from .lambda_process import CALLBACKS, Context, Process

EVENTS = CALLBACKS + (
    "def get_events():\n"
    "    return {name: {'detect': detect, 'role': 'detect', 'alert': alert, 'resolve': alert,\n"
    "                   'max_failed_detections': 2} for name in ('one', 'two', 'größe')}\n"
)


def printed(output: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the metric lines printed since the last call, parsed."""
    lines = output.readouterr().out.splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def values(line: dict[str, Any]) -> dict[str, Any]:
    """Return the metrics that CloudWatch Logs takes from `line`."""
    [directive] = line["_aws"]["CloudWatchMetrics"]
    return {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]}


def counts(process: Process, output: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Run a period and return the counts of its line."""
    process.invoke()
    [line] = printed(output)
    found = values(line)
    del found["Duration"], found["ObservingTimeUsed"]
    return found


def test_each_run_prints_one_line_in_embedded_metric_format(
    process: Process, capsys: pytest.CaptureFixture[str]
) -> None:
    process.start(EVENTS)
    process.logic.answers["detect one"] = process.clock.taking(1.5)
    before = time.time() * 1000
    process.invoke(Context(function_name="diva-prod"))
    after = time.time() * 1000
    [line] = printed(capsys)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "DIVA"
    assert directive["Dimensions"] == [["FunctionName"]]
    assert line["FunctionName"] == "diva-prod"
    assert {each["Name"]: each["Unit"] for each in directive["Metrics"]} == {
        "Healthy": "Count",
        "Failing": "Count",
        "Alerted": "Count",
        "NotRun": "Count",
        "FailedDeliveries": "Count",
        "Duration": "Milliseconds",
        "ObservingTimeUsed": "Percent",
    }
    assert round(before) <= line["_aws"]["Timestamp"] <= round(after)
    assert line["Duration"] == 1500


def test_the_counts_follow_the_events(process: Process, capsys: pytest.CaptureFixture[str]) -> None:
    def expected(**others: int) -> dict[str, int]:
        nothing = {"Healthy": 0, "Failing": 0, "Alerted": 0, "NotRun": 0, "FailedDeliveries": 0}
        return {**nothing, **others}

    process.start(EVENTS)
    assert counts(process, capsys) == expected(Healthy=3)
    process.logic.answers["detect one"] = False
    assert counts(process, capsys) == expected(Healthy=2, Failing=1)
    process.logic.answers["alert one"] = ConnectionError("the pager is down")
    assert counts(process, capsys) == expected(Healthy=2, Failing=1, FailedDeliveries=1)
    del process.logic.answers["alert one"]
    assert counts(process, capsys) == expected(Healthy=2, Failing=1, Alerted=1)
    process.logic.answers["alert one"] = ConnectionError("the pager is down")
    process.logic.answers["detect one"] = True
    assert counts(process, capsys) == expected(Healthy=3, FailedDeliveries=1)
    del process.logic.answers["alert one"]
    assert counts(process, capsys) == expected(Healthy=3)


def test_events_that_got_no_turn_are_counted(
    process: Process, capsys: pytest.CaptureFixture[str]
) -> None:
    process.start(EVENTS, DIVA_MAX_WORKERS="1")
    for name in ("one", "two", "größe"):
        process.logic.answers[f"detect {name}"] = process.hang(seconds=40)  # of 60
    process.invoke()
    [line] = printed(capsys)
    assert (line["NotRun"], line["Failing"], line["Healthy"]) == (2, 1, 0)
    assert line["ObservingTimeUsed"] == 100


def test_a_period_that_fails_for_an_invalid_event_counts_the_others(
    process: Process, capsys: pytest.CaptureFixture[str]
) -> None:
    process.start(EVENTS.replace("('one',", "('',"))
    with pytest.raises(PeriodFailed):
        process.invoke()
    [line] = printed(capsys)
    assert line["Healthy"] == 2


def test_events_have_lines_of_their_own_where_that_is_switched_on(
    process: Process, capsys: pytest.CaptureFixture[str]
) -> None:
    process.start(EVENTS, DIVA_EVENT_METRICS="true")
    process.logic.answers["detect one"] = False
    process.invoke()
    process.invoke()
    of_runs = [line for line in printed(capsys)[4:] if "Event" in line]
    assert {line["Event"]: values(line) for line in of_runs} == {
        "one": {"EventFailing": 1, "EventAlerted": 1},
        "two": {"EventFailing": 0, "EventAlerted": 0},
        "gr\\xf6\\xdfe": {"EventFailing": 0, "EventAlerted": 0},  # CloudWatch takes ASCII only
    }
    for line in of_runs:
        [directive] = line["_aws"]["CloudWatchMetrics"]
        assert directive["Dimensions"] == [["FunctionName", "Event"]]
        assert line["FunctionName"] == "diva-orders"
