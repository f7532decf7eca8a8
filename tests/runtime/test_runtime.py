"""The built package under AWS's own runtime client, against the embedded AWS."""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .emulator import SUPPORTED, Emulator, binary, build

if TYPE_CHECKING:
    from local_aws import LocalAws

pytestmark = pytest.mark.skipif(
    not SUPPORTED and not (os.environ.get("CI") == "true" and sys.platform == "linux"),
    reason="AWS's runtime emulator runs on Linux alone, on x86_64 and arm64",
)

LOGIC = """
import sys
import threading

def healthy(name):
    return True

def broken(name):
    return False

def leaving(name):
    sys.exit(3)

def hanging(name):
    threading.Event().wait()

def surrogate(name):
    raise FileNotFoundError("report-\\udcff.csv")

def alert(message):
    print(f"told: {message}")

def get_events():
    return {
        name: {"detect": globals()[name], "role": "detect", "alert": alert,
               "max_failed_detections": 1, **options}
        for name, options in EVENTS.items()
    }

EVENTS = """

Start = Callable[..., Emulator]


@pytest.fixture(scope="session")
def emulator_binary() -> Path:
    return binary()


@pytest.fixture
def start(aws: LocalAws, emulator_binary: Path, tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts one with the given events, or the given event logic."""
    with ExitStack() as stack:

        def start(
            events: dict[str, Any] | str,
            mode: str = "monolithic",
            timeout_sec: int = 60,
            **environ: str,
        ) -> Emulator:
            logic = events if isinstance(events, str) else LOGIC + repr(events)
            task = build(tmp_path, logic)
            everything = {**aws_environ(aws), **place(aws, mode), "DIVA_MODE": mode, **environ}
            return stack.enter_context(Emulator(emulator_binary, task, everything, timeout_sec))

        yield start


def aws_environ(aws: LocalAws) -> dict[str, str]:
    return {name: value for name, value in aws.environ.items() if name.startswith("AWS_")}


def place(aws: LocalAws, mode: str) -> dict[str, str]:
    name = f"state-{uuid.uuid4().hex}"
    if mode == "monolithic":
        aws.client("s3").create_bucket(Bucket=name)
        return {"DIVA_STATE_BUCKET": name, "DIVA_STATE_KEY": "diva/state.json"}
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "event_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "event_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return {"DIVA_STATE_TABLE": name}


METRICS = '{"_aws": '


def messages(log: list[str]) -> list[str]:
    """Return level and message of the lines that DIVA has logged, in either format."""
    found = []
    for line in log:
        if line.startswith("{") and not line.startswith(METRICS):
            fields = json.loads(line)
            found.append(f"{fields['level']} {fields['message']}")
        elif line.startswith("["):
            level, _, _, text = line.split("\t", 3)
            found.append(f"{level.strip('[]')} {text}")
    return found


@pytest.mark.parametrize("mode", ["monolithic", "distributed"])
@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_two_periods_in_one_process(start: Start, mode: str, log_format: str) -> None:
    events: dict[str, Any] = {"healthy": {}, "broken": {}}
    function = start(events, mode, AWS_LAMBDA_LOG_FORMAT=log_format, DIVA_PARALLELIZE="false")
    first, second = function.invoke(), function.invoke()
    assert (first.is_first, second.is_first) == (True, False)
    run_id = first.payload.pop("run_id")
    assert first.payload == {
        "mode": mode,
        "events": 2,
        "healthy": 1,
        "failing": 1,
        "alerted": 1,
        "not_run": 0,
        "results": {"healthy": "ok", "broken": "failed_detection (1/1) alerted"},
    }
    assert second.payload["results"] == {"healthy": "ok", "broken": "failed_detection (2/1)"}
    assert second.payload["alerted"] == 1
    assert messages(first.log) == [
        "INFO Getting events...",
        "INFO Retrieved 2 events",
        "INFO Detecting event 'healthy'...",
        "INFO Detection for event 'healthy' succeeded",
        "INFO Detecting event 'broken'...",
        "INFO Detection for event 'broken' failed (1/1)",
        "INFO Injection for event 'broken' skipped due to role='detect'",
        "INFO Alerting for event 'broken'",
        "INFO Event 'broken' alerted",
        f"INFO Run {run_id}: 2 events, 1 healthy, 1 failing, 1 alerted, 0 not_run",
    ]
    told = [line for line in first.log + second.log if line.startswith("told: ")]
    assert len(told) == 1
    assert told[0].startswith("told: Event 'broken' (diva) is failing: ")


def test_json_lines_have_event_counters_and_request_as_fields(start: Start) -> None:
    answer = start({"broken": {}}, AWS_LAMBDA_LOG_FORMAT="JSON").invoke()
    parsed = [json.loads(line) for line in answer.log if line.startswith("{")]
    lines = [line for line in parsed if "_aws" not in line]
    (failed,) = [line for line in lines if line["message"].startswith("Detection for")]
    assert failed["event"] == "broken"
    assert (failed["detection_failures"], failed["max_failed_detections"]) == (1, 1)
    assert {line["requestId"] for line in lines} == {answer.payload["run_id"][:36]}
    assert {line["logger"] for line in lines} == {"diva"}


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_the_metrics_line_stands_alone_whatever_the_log_format_and_level(
    start: Start, log_format: str
) -> None:
    environ = {"AWS_LAMBDA_LOG_FORMAT": log_format, "DIVA_LOG_LEVEL": "CRITICAL"}
    function = start({"healthy": {}, "broken": {}}, **environ)
    for _ in range(2):
        (line,) = [line for line in function.invoke().log if line.startswith(METRICS)]
        found = json.loads(line)
        assert (found["Healthy"], found["Failing"], found["Alerted"]) == (1, 1, 1)


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_the_log_level_is_diva_s_own(start: Start, log_format: str) -> None:
    function = start(
        {"healthy": {}, "broken": {}, "leaving": {}},
        AWS_LAMBDA_LOG_FORMAT=log_format,
        DIVA_LOG_LEVEL="WARNING",
    )
    (line,) = messages(function.invoke().log)
    assert line.startswith("WARNING Event 'leaving': detect raised SystemExit: 3")


def test_the_invocation_fails_for_an_invalid_event_after_the_others_have_run(start: Start) -> None:
    function = start({"broken": {}, "healthy": {"role": "dtect"}})
    answer = function.invoke()
    assert answer.payload["errorType"] == "PeriodFailed"
    assert answer.payload["errorMessage"] == (
        "event 'healthy': role is 'dtect'; it must be one of 'both', 'detect', 'inject'; "
        "did you mean 'detect'?"
    )
    assert any(line.startswith("told: Event 'broken'") for line in answer.log)
    assert function.invoke().is_first is False


@pytest.mark.parametrize(
    ("logic", "environ", "error", "told"),
    [
        ("x = 1\nimport nothing_like_it\n", {}, "InvalidEventLogic", "event_logic.py, line 2)"),
        ("def get_events():\n    return {}\n", {"DIVA_MODE": "both"}, "InvalidSettings",
         "DIVA_MODE is 'both'"),
    ],
    ids=["event logic", "settings"],
)  # fmt: skip
def test_what_is_wrong_at_the_start_is_told_by_each_invocation(
    start: Start, logic: str, environ: dict[str, str], error: str, told: str
) -> None:
    function = start(logic, **environ)
    for _ in range(2):
        payload = function.invoke().payload
        assert payload["errorType"] == error
        assert told in payload["errorMessage"]


@pytest.mark.parametrize("mode", ["monolithic", "distributed"])
def test_a_hung_callback_holds_back_neither_the_answer_nor_the_next_one(
    start: Start, mode: str
) -> None:
    function = start({"hanging": {"timeout_sec": 2}, "healthy": {}}, mode)
    first, second = function.invoke(), function.invoke()
    assert first.payload["results"] == {"hanging": "timeout alerted", "healthy": "ok"}
    assert second.payload["results"] == {"hanging": "timeout", "healthy": "ok"}
    assert "Event 'hanging' not called: its callback is still running" in "\n".join(second.log)
    assert second.is_first is False


def test_a_callback_that_hangs_without_a_limit_ends_with_the_functions_own_time(
    start: Start,
) -> None:
    answer = start({"hanging": {}, "healthy": {}}, timeout_sec=20).invoke()
    assert answer.payload["results"] == {"hanging": "timeout alerted", "healthy": "ok"}


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
@pytest.mark.parametrize("name", ["leaving", "surrogate"])
def test_whatever_a_callback_raises_is_its_own_failure(
    start: Start, name: str, log_format: str
) -> None:
    function = start({name: {}, "healthy": {}}, AWS_LAMBDA_LOG_FORMAT=log_format)
    payload = function.invoke().payload
    assert payload["results"] == {name: "failed_detection (1/1) alerted", "healthy": "ok"}
    assert function.invoke().is_first is False
