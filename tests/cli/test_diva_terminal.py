"""What `diva` looks like on a terminal of 80 and of 120 columns."""

from __future__ import annotations

import json
import os
import re
import sys
from io import FileIO
from pathlib import Path

import pytest

from cli.common.text import shortened, wrapped

from ..processes import started
from .commands import COMMAND, environ, event_logic

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals on Windows", allow_module_level=True)

import fcntl
import pty
import struct
import termios

CONTROL = re.compile(r"\x1b\[[?\d;]*[A-Za-z]")
COLOUR = re.compile(r"\x1b\[[\d;]+m")


def on_terminal(
    folder: Path, columns: int, *arguments: str, stderr: int | None = None, **variables: str
) -> str:
    """Return all that `diva` writes to a terminal, with control sequences.

    Standard error goes to the same terminal unless `stderr` is given.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    streams = {"stdout": theirs, "stderr": theirs if stderr is None else stderr}
    variables["TERM"] = "xterm-256color"
    with (
        open(ours, "rb", buffering=0) as terminal,
        started([*COMMAND, *arguments], cwd=folder, env=environ(**variables), **streams) as process,
    ):
        os.close(theirs)
        written = b""
        while chunk := read(terminal):
            written += chunk
        assert process.wait() == 0
    return written.decode()


def read(terminal: FileIO) -> bytes:
    try:
        return terminal.read(65536)
    except OSError:  # how Linux says that the other end is closed
        return b""


def left_on_screen(written: str) -> list[str]:
    """Return the lines that stay, without those which a live display has overwritten."""
    return [
        CONTROL.sub("", line.split("\x1b[2K")[-1]).strip("\r").rstrip()
        for line in written.split("\n")
    ]


LONG = "payments-eu-central-1-checkout-round-trip"


@pytest.mark.parametrize("columns", [80, 120])
def test_a_column_for_each_event(columns: int, tmp_path: Path) -> None:
    event_logic(
        tmp_path,
        f"""{{
        "orders": {{"detect": noted("d"), "role": "detect"}},
        "{LONG}": {{"detect": noted("d", False), "role": "detect", "max_failed_detections": 1}},
        "nightly": {{"inject": lambda name: print("injecting!"), "role": "inject"}},
        }}""",
    )
    lines = left_on_screen(on_terminal(tmp_path, columns, "run", "event_logic.py"))
    assert max(map(len, lines)) <= columns
    assert "injecting!" in lines
    rule = next(index for index, line in enumerate(lines) if line.startswith("───"))
    heading = lines[rule - 4 : rule]
    assert heading[-1].split()[:3] == ["#", "UTC", "orders"]
    assert all(part in " ".join(heading) for part in LONG.split("-"))
    assert re.fullmatch(
        r"1 +\d\d:\d\d:\d\d +✓ ok +✗ failed 1/1 +✗ inject( failed 1/1)?", lines[rule + 1]
    )
    assert "alerted" in lines[rule + 2]
    assert any(line.strip().startswith("alert (no alert callback") for line in lines)


@pytest.mark.parametrize("columns", [80, 120])
def test_many_events_share_a_column_that_names_what_is_not_well(
    columns: int, tmp_path: Path
) -> None:
    event_logic(
        tmp_path,
        """{
        f"queue-consumer-{n}": {"detect": noted("d", n not in (7, 21)), "role": "detect"}
        for n in range(30)
        }""",
    )
    lines = left_on_screen(on_terminal(tmp_path, columns, "run", "event_logic.py"))
    assert max(map(len, lines)) <= columns
    (row,) = [line for line in lines if "28/30" in line]
    assert row.endswith("✗ failed 1/3: queue-consumer-7, queue-consumer-21")
    assert not any("consumer-8" in line for line in lines)


def test_a_line_without_an_end_is_not_lost(tmp_path: Path) -> None:
    detect = 'lambda name: print("looking", end="") or True'
    event_logic(tmp_path, f'{{"orders": {{"detect": {detect}, "role": "detect"}}}}')
    assert "looking" in left_on_screen(on_terminal(tmp_path, 80, "run", "event_logic.py"))


def test_a_redirected_log_stays_out_of_the_terminal(tmp_path: Path) -> None:
    event_logic(tmp_path, '{"orders": {"detect": noted("d", OSError()), "role": "detect"}}')
    with (tmp_path / "log").open("w") as log:
        written = on_terminal(tmp_path, 80, "run", "event_logic.py", stderr=log.fileno())
    assert "detect raised OSError" not in written
    assert "detect raised OSError" in (tmp_path / "log").read_text()


def test_the_heading_is_repeated_in_a_long_run(tmp_path: Path) -> None:
    event_logic(tmp_path, '{"orders": {"detect": noted("d"), "role": "detect"}}')
    lines = left_on_screen(on_terminal(tmp_path, 80, "run", "event_logic.py", "--periods", "45"))
    assert sum(line.startswith("───") for line in lines) == 3


def test_colours_are_left_out_where_they_are_not_wanted(tmp_path: Path) -> None:
    event_logic(tmp_path, '{"orders": {"detect": noted("d"), "role": "detect"}}')
    coloured = on_terminal(tmp_path, 80, "run", "event_logic.py")
    plain = on_terminal(tmp_path, 80, "run", "event_logic.py", NO_COLOR="1")
    green = re.compile(r"\x1b\[32m")
    assert green.search(coloured)
    assert not green.search(plain)


@pytest.mark.parametrize("columns", [80, 120])
def test_status_fits(columns: int, tmp_path: Path) -> None:
    record = {
        "healthy": False,
        "detection_failures": 3,
        "failing_since": "2026-01-02T03:04:05+00:00",
        "alerted": True,
        "alerted_at": "2026-01-02T03:14:05+00:00",
        "last_error": "detect raised " + "OSError: a long story " * 12,
    }
    (tmp_path / "state.json").write_text(json.dumps({"orders": {"healthy": True}, LONG: record}))
    lines = left_on_screen(on_terminal(tmp_path, columns, "status", "--state", "state.json"))
    assert max(map(len, lines)) <= columns
    (row,) = [line for line in lines if "failing " in line and "since" not in line]
    assert row.split()[1:] == ["failing", "3", "0", "2026-01-02", "03:04", "2026-01-02", "03:14"]
    assert any(line.startswith("orders ") and "healthy" in line for line in lines)


@pytest.mark.parametrize("columns", [80, 120])
def test_validate_fits(columns: int, tmp_path: Path) -> None:
    event_logic(tmp_path, f'{{"{LONG * 3}": {{"detect": noted("d"), "role": "detect"}}}}')
    lines = left_on_screen(on_terminal(tmp_path, columns, "validate", "event_logic.py"))
    assert max(map(len, lines)) <= columns


def test_a_name_that_could_move_the_cursor_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    event_logic(tmp_path, r'{"a\x1b[2J\nb": {"detect": noted("d", False), "role": "detect"}}')
    written = on_terminal(tmp_path, 80, "run", "event_logic.py")
    assert "\x1b[2J" not in written
    assert r"a\x1b[2J\nb" in written


@pytest.mark.parametrize(
    ("name", "width", "expected"),
    [
        ("orders", 14, "orders"),
        ("queue-consumer-12", 14, "queue-\nconsumer-12"),
        ("send_email_to_customers", 14, "send_email_to_\ncustomers"),
        ("abcdefghijklmnop", 10, "abcdefghij\nklmnop"),
        ("日本語のイベント", 8, "日本語の\nイベント"),
        ("x" * 100, 10, "\n".join(["x" * 10, "x" * 9 + "…", "x" * 10, "x" * 10])),
        ("", 10, ""),
    ],
)
def test_names_in_headings_break_after_separators(name: str, width: int, expected: str) -> None:
    assert wrapped(name, width) == expected


def test_a_name_that_is_too_long_keeps_both_ends() -> None:
    assert shortened("queue-consumer-of-something-12", 15) == "queue-c…hing-12"
    assert shortened("日本語のイベント", 9) == "日本…ント"
