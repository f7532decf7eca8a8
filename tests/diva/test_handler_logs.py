"""The log lines of whole invocations: the documented wording, levels and fields."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.common.paths import ROOT
from local_aws import LocalAws
from tests.processes import PATIENCE_SEC

from .lambda_process import CALLBACKS, ORDERS, Context, Process, process_of
from .places import EVENT

FOUR = CALLBACKS + (
    "def get_events():\n"
    "    return {\n"
    "        'event_1': {'detect': detect, 'inject': inject, 'alert': alert,\n"
    "                    'max_failed_injections': 2},\n"
    "        'event_2': {'inject': inject, 'alert': alert, 'role': 'inject'},\n"
    "        'event_3': {'detect': detect, 'alert': alert, 'role': 'detect',\n"
    "                    'reset': {'mode': 'cooldown', 'success_threshold': 2}},\n"
    "        'event_4': {'detect': detect, 'alert': alert, 'role': 'detect',\n"
    "                    'warmup': {'enabled': True, 'success_threshold': 3}},\n"
    "    }\n"
)


@pytest.fixture
def shared(aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    """A process in monolithic mode, which does one thing after the other."""
    with process_of("monolithic", aws, tmp_path, monkeypatch) as process:
        process.environ["DIVA_PARALLELIZE"] = "false"
        yield process


def lines(log: pytest.LogCaptureFixture) -> list[str]:
    """Return and forget what DIVA has logged, each line with its level."""
    found = [
        f"{record.levelname} {record.getMessage()}"
        for record in log.records
        if record.name == "diva"
    ]
    log.clear()
    return found


def record(log: pytest.LogCaptureFixture, message: str) -> dict[str, object]:
    """Return the attributes of the one record with this message; JSON logs show them all."""
    (found,) = [vars(each) for each in log.records if each.getMessage() == message]
    return found


def test_the_lines_of_the_documentation(shared: Process, caplog: pytest.LogCaptureFixture) -> None:
    shared.bucket.put_bytes(
        b'{"event_3": {"alerted": true, "healthy": true, "cooldown_counter": 1},'
        b' "event_1": {"injection_failures": 1}}'
    )
    shared.start(FOUR).logic.answers |= {"detect event_1": False, "inject event_1": False}
    result = shared.invoke()
    assert result["results"] == {
        "event_1": "failed_injection (2/2) alerted",
        "event_2": "injected",
        "event_3": "cooldown (2/2)",
        "event_4": "warmup (1/3)",
    }
    logged = "\n".join(lines(caplog)).replace(result["run_id"], "5f1c…")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"```text\n{logged}\n```" in readme


def test_warmup_in_lines(shared: Process, caplog: pytest.LogCaptureFixture) -> None:
    text = ORDERS.replace("'alert': alert", "'warmup': {'enabled': True}, 'role': 'detect'")
    told = []
    for answer in (False, False, True, True, False):
        shared.start(text).logic.answers["detect orders"] = answer
        shared.invoke()
        told.append([line for line in lines(caplog) if "warmup" in line or "failed" in line])
    assert told == [
        ["INFO Event 'orders' still in warmup (waiting 1×)"],
        ["INFO Event 'orders' still in warmup (waiting 2×)"],
        ["INFO Event 'orders' still in warmup (waiting 1/2)"],
        ["INFO Event 'orders' warmup complete"],
        ["INFO Detection for event 'orders' failed (1/3)"],
    ]


def test_an_alert_that_fails_is_an_error_line_and_not_alerted(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    process.start(
        ORDERS.replace("'inject': inject", "'max_failed_detections': 1, 'role': 'detect'")
    )
    process.logic.answers |= {"detect orders": False, "alert orders": OSError("refused")}
    process.invoke()
    found = lines(caplog)
    assert "INFO Alerting for event 'orders'" in found
    assert "INFO Event 'orders' alerted" not in found
    (error,) = [line for line in found if line.startswith("ERROR")]
    assert error.startswith("ERROR Alerting for event 'orders' failed and is tried again next")
    assert "OSError: refused" in error


def test_what_a_callback_raises_is_told_with_the_line_of_the_users_file(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    process.start().logic.answers |= {
        "detect orders": ValueError("one"),
        "inject orders": ValueError("two"),
        "alert orders": ValueError("three"),
    }
    process.invoke()
    found = "\n".join(lines(caplog))
    where = r"\(event_logic\.py, line \d+\)"
    assert re.search(rf"WARNING .*: detect raised ValueError: one {where}", found)
    assert re.search(rf"WARNING .*: inject raised ValueError: two {where}", found)
    assert re.search(rf"ERROR .*: its callback raised ValueError: three {where}", found)
    assert re.search(rf"raised ValueError: one {where}", process.state()["last_error"])


def test_event_and_counters_are_fields(process: Process, caplog: pytest.LogCaptureFixture) -> None:
    process.start().logic.answers |= {"detect orders": False, "inject orders": False}
    process.invoke()
    detection = record(caplog, "Detection for event 'orders' failed (1/3)")
    assert detection["event"] == "orders"
    assert detection["outcome"] == "failed"
    assert (detection["detection_failures"], detection["max_failed_detections"]) == (1, 3)
    injection = record(caplog, "Injection for event 'orders' failed (1/1)")
    assert injection["event"] == "orders"
    assert (injection["injection_failures"], injection["max_failed_injections"]) == (1, 1)
    assert record(caplog, "Event 'orders' alerted")["kind"] == "alert"
    (summary,) = [vars(each) for each in caplog.records if each.getMessage().startswith("Run ")]
    counts = ("events", "healthy", "failing", "alerted", "not_run")
    assert [summary[name] for name in counts] == [1, 0, 1, 1, 0]
    assert summary["mode"] == process.mode


def test_every_line_about_an_event_has_it_as_a_field(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    process.start(DIVA_EVENT_TIMEOUT_SEC="1", DIVA_LOG_LEVEL="DEBUG")
    process.logic.answers["detect orders"] = process.hang(seconds=1)
    for _ in range(2):  # in the second it still hangs
        process.invoke()
    assert "still running" in caplog.text
    about = [each for each in caplog.records if "'orders'" in each.getMessage()]
    assert [each.getMessage() for each in about if vars(each).get("event") != EVENT] == []


def test_durations_are_fields(process: Process, caplog: pytest.LogCaptureFixture) -> None:
    process.start().logic.answers |= {
        "detect orders": process.clock.taking(0.25, answer=False),
        "inject orders": process.clock.taking(0.5),
    }
    process.invoke()
    for begin, expected in (("Detection for", 250), ("Injection for", 500), ("Run ", 750)):
        (line,) = [vars(each) for each in caplog.records if each.getMessage().startswith(begin)]
        assert line["duration_ms"] == expected


@pytest.mark.parametrize(
    ("level", "least"),
    [("DEBUG", "DEBUG"), ("INFO", "INFO"), ("WARNING", "WARNING"), ("ERROR", "ERROR")],
)
def test_the_level_says_what_is_logged_and_the_full_state_is_for_debug_alone(
    process: Process, caplog: pytest.LogCaptureFixture, level: str, least: str
) -> None:
    process.start(ORDERS.replace(", 'alert': alert", ""), DIVA_LOG_LEVEL=level)
    process.logic.answers |= {"detect orders": False, "inject orders": ValueError("no")}
    process.invoke()
    found = lines(caplog)
    levels = {line.partition(" ")[0] for line in found}
    allowed = ["DEBUG", "INFO", "WARNING", "ERROR"]
    assert levels == set(allowed[allowed.index(least) :])
    assert any("State of event 'orders'" in line for line in found) is (level == "DEBUG")


def test_a_none_is_pointed_out_as_a_forgotten_return(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    process.start().logic.answers["detect orders"] = None
    process.invoke()
    warnings = [line for line in lines(caplog) if line.startswith("WARNING")]
    assert warnings == [
        "WARNING Event 'orders': detect returned None; is a return statement missing?"
    ]


def test_an_event_for_which_no_time_was_left_is_a_warning(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    process.start()
    assert process.invoke(Context(remaining_sec=0))["not_run"] == 1
    assert "WARNING Event 'orders' not run: no time was left for it" in lines(caplog)
    assert process.logic.calls == []
    assert process.state() == {}


@pytest.mark.parametrize(
    "name",
    ["API_TOKEN", "AWS_SECRET_ACCESS_KEY", "LD_SDK_KEY", "LANGFUSE_SECRET_KEY", "PATHFINDER_TOKEN"],
)
def test_no_value_of_the_environment_gets_into_log_or_state(
    shared: Process, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    secret = "s3cr3t/value"  # noqa: S105
    shared.start(**{name: secret, "DIVA_LOG_LEVEL": "DEBUG"})
    shared.logic.answers |= {
        "detect orders": ConnectionError(f"https://user:{secret}@host refused"),
        "inject orders": SystemExit(secret),
        "alert orders": KeyError(secret),
    }
    shared.invoke()
    assert secret not in caplog.text
    assert secret not in str(shared.state())
    assert f"${{{name}}}" in str(shared.state()["last_error"])


def test_an_event_that_this_worker_does_not_touch_is_said_to_be_skipped(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    text = ORDERS.replace("'detect': detect, ", "'role': 'inject', ")
    process.start(text, DIVA_WORKER_ROLE="detect")
    assert process.results() == {"orders": "skipped"}
    assert "INFO Detection for event 'orders' skipped due to role='inject'" in lines(caplog)


def test_an_injection_that_is_left_out_has_a_line_with_the_reason(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    process.start().logic.answers["detect orders"] = False
    process.invoke()
    caplog.clear()
    process.invoke()
    assert "INFO Injection for event 'orders' skipped: already injected" in lines(caplog)
    assert process.logic.calls.count("inject orders") == 1


def test_an_injection_whose_limit_is_reached_has_a_line_with_the_reason(
    process: Process, caplog: pytest.LogCaptureFixture
) -> None:
    process.start().logic.answers |= {"detect orders": False, "inject orders": False}
    process.invoke()
    assert "skipped" not in caplog.text
    process.invoke()
    assert "INFO Injection for event 'orders' skipped: limit reached (1/1)" in lines(caplog)
    assert process.logic.calls.count("inject orders") == 1


@pytest.mark.parametrize(("limit", "warnings"), [(None, [10, 20]), (25, [])])
def test_a_warmup_without_end_is_a_warning(
    process: Process, caplog: pytest.LogCaptureFixture, limit: int | None, warnings: list[int]
) -> None:
    warmup = f"'warmup': {{'enabled': True, 'max_periods': {limit}}}, "
    process.start(ORDERS.replace("'alert'", f"{warmup}'alert'"))
    process.logic.answers["detect orders"] = False
    for _ in range(22):
        process.invoke()
    said = re.findall(r"'orders' has been in warmup for (\d+)", "\n".join(lines(caplog)))
    assert [int(periods) for periods in said] == warnings


def test_all_lines_are_written_when_the_handler_returns(shared: Process) -> None:
    written: list[str] = []
    writing, summed_up, returned = threading.Event(), threading.Event(), threading.Event()

    class SlowHandler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage() == "slow":
                writing.set()
                assert summed_up.wait(PATIENCE_SEC)
                returned.wait(0.2)  # gives a handler that does not wait the time to return
            written.append(record.getMessage())

    def notice_summary(record: logging.LogRecord) -> bool:
        if record.getMessage().startswith("Run "):
            summed_up.set()
        return True

    def detect() -> bool:
        threading.Thread(target=log.info, args=("slow",)).start()
        return writing.wait(PATIENCE_SEC)

    log, handler = logging.getLogger("diva"), SlowHandler()
    shared.start(ORDERS)
    shared.logic.answers["detect orders"] = detect
    logging.getLogger().addHandler(handler)
    log.addFilter(notice_summary)
    try:
        shared.invoke()
        at_return = list(written)
        returned.set()
    finally:
        log.removeFilter(notice_summary)
        logging.getLogger().removeHandler(handler)
    assert at_return[-1].startswith("Run ")
