"""`diva run`: what a person who tries event logic sees."""

from __future__ import annotations

import json
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from cli.common.memory_store import MemoryStore
from cli.common.output import Output
from cli.diva.local_runner import LocalRunner
from tests.diva.clocks import LONG, ManualClock

from ..processes import interrupt, started
from .commands import COMMAND, calls, diva, environ, event_logic, rows, write

FAILING = '{"detect": noted("detect", False), "role": "detect", "max_failed_detections": 2}'


def test_run_is_one_period_in_memory_and_says_so(tmp_path: Path) -> None:
    file = event_logic(tmp_path, f'{{"orders": {FAILING}}}')
    done = diva(tmp_path, "run", file)
    assert done.returncode == 0
    assert rows(done.stdout) == [("1", "orders", "failed_detection (1/2)")]
    assert "--state FILE" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calls", "event_logic.py"]


def test_run_goes_on_from_the_state_file(tmp_path: Path) -> None:
    file = event_logic(tmp_path, f'{{"orders": {FAILING}}}')
    diva(tmp_path, "run", file, "--state", "state.json")
    done = diva(tmp_path, "run", file, "--state", "state.json")
    assert rows(done.stdout)[0] == ("1", "orders", "failed_detection (2/2) alerted")
    assert json.loads((tmp_path / "state.json").read_text())["orders"]["detection_failures"] == 2
    assert done.stderr == ""


def test_run_shows_messages_in_the_period_that_delivered_them(tmp_path: Path) -> None:
    alert = FAILING.replace("}", ', "alert": noted("alert")}')
    refused = FAILING.replace("}", ', "alert": noted("alert", OSError("gone"))}')
    file = event_logic(tmp_path, f'{{"loud": {alert}, "silent": {FAILING}, "refused": {refused}}}')
    done = diva(tmp_path, "run", file, "--periods", "3")
    messages = [row for row in rows(done.stdout) if "is failing: " in row[2]]
    assert [row[:2] for row in messages] == [
        ("2", "loud"), ("2", "silent"), ("2", "refused"), ("3", "refused"),
    ]  # fmt: skip
    loud, silent, first, second = (row[2] for row in messages)
    assert loud.startswith("alert: Event 'loud' (local) is failing: ")
    assert "no alert callback" in silent
    assert first.startswith("alert not delivered, retried in the next period: ")
    assert second.startswith("alert not delivered")
    assert sum("alert Event 'loud'" in call for call in calls(tmp_path)) == 1
    assert "OSError: gone" in done.stderr
    assert done.returncode == 0


def test_run_shows_a_resolution(tmp_path: Path) -> None:
    write(
        tmp_path / "event_logic.py",
        """
        answers = iter([False, True])

        def get_events():
            return {"orders": {
                "detect": lambda name: next(answers), "role": "detect", "max_failed_detections": 1,
                "resolve": lambda message: print("told:", message),
            }}
        """,
    )
    done = diva(tmp_path, "run", "event_logic.py", "--periods", "2")
    assert [row[2].partition(":")[0] for row in rows(done.stdout)] == [
        "failed_detection (1/1) alerted",
        "alert (no alert callback; logged as an error in Lambda)",
        "ok resolved",
        "resolution",
    ]
    assert (
        "resolution: Event 'orders' (local) is healthy again. It had been failing since"
        in done.stdout
    )
    assert "told: Event 'orders' (local) is healthy again." in done.stdout


def test_run_asks_for_the_events_anew_in_each_period(tmp_path: Path) -> None:
    file = event_logic(tmp_path, '(noted("asked")("now"), {})[1]')
    done = diva(tmp_path, "run", file, "--periods", "2")
    assert calls(tmp_path) == ["asked now", "asked now"]
    assert done.stdout.count("no events") == 2


def test_invalid_events_are_listed_after_the_others_have_run(tmp_path: Path) -> None:
    file = event_logic(tmp_path, f'{{"bad": {{"detcet": 1, "role": "detect"}}, "good": {FAILING}}}')
    done = diva(tmp_path, "run", file, "--periods", "2", "--state", "state.json")
    assert done.returncode == 1
    assert [row for row in rows(done.stdout) if row[1] == "bad"] == [
        ("1", "bad", "invalid"),
        ("2", "bad", "invalid"),
    ]
    assert rows(done.stdout)[2] == ("2", "good", "failed_detection (2/2) alerted")
    assert "good" in json.loads((tmp_path / "state.json").read_text())
    assert done.stderr.count("did you mean 'detect'?") == 1
    assert "has 2 problems" in done.stderr


def test_periods_begin_at_their_distance_or_as_soon_as_the_last_has_ended() -> None:
    clock = ManualClock()
    began = []
    durations = iter([2, 25, 10, 0])

    def detect(name: str) -> bool:
        began.append(clock.monotonic())
        clock.advance(next(durations))
        return True

    events: dict[object, object] = {"orders": {"detect": detect, "role": "detect"}}
    runner = LocalRunner(lambda: events, MemoryStore(), Output(), LONG, clock=clock)
    runner.run(periods=4, every_sec=10)
    assert began == [0, 10, 35, 45]


def test_as_many_periods_are_run_as_are_wanted(tmp_path: Path) -> None:
    event_logic(tmp_path, '{"orders": {"detect": noted("d"), "role": "detect"}}')
    done = diva(tmp_path, "run", "event_logic.py", "--periods", "3", "--every", "0.01")
    assert rows(done.stdout) == [(period, "orders", "ok") for period in ("1", "2", "3")]


def test_a_character_that_the_output_cannot_encode_stops_nothing(tmp_path: Path) -> None:
    event = '{"detect": noted("d", False), "role": "detect", "warmup": {"enabled": True}}'
    file = event_logic(tmp_path, f'{{"orders": {event}}}')
    done = diva(tmp_path, "run", file, PYTHONIOENCODING="ascii")
    assert rows(done.stdout) == [("1", "orders", "waiting (1?)")]
    assert done.returncode == 0


def test_the_log_goes_to_standard_error_from_the_level_on(tmp_path: Path) -> None:
    file = event_logic(tmp_path, f'{{"orders": {FAILING}}}')
    quiet = diva(tmp_path, "run", file)
    told = diva(tmp_path, "run", file, "--log-level", "info")
    assert "Detecting event" not in quiet.stderr + quiet.stdout + told.stdout
    assert "INFO    Detecting event 'orders'..." in told.stderr


def test_secrets_are_kept_out_of_the_state_and_session_variables_are_not(tmp_path: Path) -> None:
    file = event_logic(
        tmp_path,
        '{"orders": {"role": "detect", "detect": noted("d", ValueError("s3cr3t in the garden"))}}',
    )
    diva(tmp_path, "run", file, "--state", "state.json", API_KEY="s3cr3t", USER="garden")
    error = json.loads((tmp_path / "state.json").read_text())["orders"]["last_error"]
    assert "ValueError: ${API_KEY} in the garden" in error


@pytest.mark.parametrize(
    ("state", "said"),
    [("nowhere/state.json", "cannot be created: its folder does not exist"), (".", "is a folder")],
)
def test_a_useless_state_file_is_refused_before_anything_is_called(
    state: str, said: str, tmp_path: Path
) -> None:
    file = event_logic(tmp_path, f'{{"orders": {FAILING}}}')
    done = diva(tmp_path, "run", file, "--state", state)
    assert done.returncode == 1
    assert said in done.stderr
    assert calls(tmp_path) == []


HUNG = """
import concurrent.futures, threading

pool = concurrent.futures.ThreadPoolExecutor()  # Python waits for its threads before it exits

def hang(name):
    print("hanging", flush=True)
    return pool.submit(threading.Event().wait).result()

def get_events():
    return {"hung": {"detect": hang, "role": "detect", "timeout_sec": %s}}
"""


@pytest.mark.parametrize(
    # Long enough for the callback to begin; a period observes during half of its timeout.
    ("timeout_sec", "arguments"),
    [("5", []), ("None", ["--timeout", "10"])],
)
def test_a_hung_callback_holds_up_neither_the_period_nor_the_exit(
    timeout_sec: str, arguments: list[str], tmp_path: Path
) -> None:
    file = write(tmp_path / "event_logic.py", HUNG % timeout_sec)
    done = diva(tmp_path, "run", file, *arguments)
    assert done.returncode == 0
    assert rows(done.stdout) == [("1", "hung", "timeout")]


@pytest.mark.parametrize(
    ("source", "first_line"),
    [
        (HUNG % "None", "hanging"),
        ("def get_events(): return {'good': {'detect': len, 'role': 'detect'}}\n", "1 "),
        ("import time\nprint('importing', flush=True)\ntime.sleep(600)\n", "importing"),
        ("def get_events(): return {'bad': {}}\n", "1 "),
    ],
    ids=["in a callback", "while waiting", "in the import", "with invalid events"],
)
def test_ctrl_c_ends_the_run_without_a_traceback(
    source: str, first_line: str, tmp_path: Path
) -> None:
    write(tmp_path / "event_logic.py", source)
    with run_under_way(tmp_path, "--every", "600") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(first_line)
        interrupt(process)
        _, errors = process.communicate()
    assert process.returncode == 130
    assert "Interrupted." in errors
    assert "Traceback" not in errors
    assert ("event 'bad'" in errors) == ("bad" in source)


def test_a_closed_pipe_ends_the_run_without_a_traceback(tmp_path: Path) -> None:
    event_logic(tmp_path, f'{{"orders": {FAILING}}}')
    with run_under_way(tmp_path, "--every", "0.05") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
        assert process.wait() == 141


def run_under_way(folder: Path, *arguments: str) -> AbstractContextManager[subprocess.Popen[str]]:
    """Start `diva run event_logic.py` in `folder`."""
    command = [*COMMAND, "run", "event_logic.py", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return started(command, cwd=folder, env=environ(), **pipes)
