"""`diva run --dry-run`: it detects, says what it would do, and does nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .commands import calls, diva, event_logic, rows

EVENTS = """{
"orders": {
    "detect": noted("detect", False), "inject": noted("inject"), "alert": noted("alert"),
    "resolve": noted("resolve"), "max_failed_detections": 2, "verify": {"attempts": 3},
},
"nightly": {"inject": noted("inject"), "role": "inject"},
"cured": {"detect": noted("detect"), "role": "detect", "resolve": noted("resolve")},
}"""
ALERTED = {"alerted": True, "healthy": False, "detection_failures": 3}


def test_a_dry_run_detects_and_says_what_it_would_do(tmp_path: Path) -> None:
    done = diva(tmp_path, "run", event_logic(tmp_path, EVENTS), "--dry-run", "--periods", "2")
    assert done.returncode == 0
    shown = rows(done.stdout)
    assert shown[:5] == [
        ("1", "orders", "failed_detection (1/2), would inject"),
        ("1", "nightly", "would inject"),
        ("1", "cured", "ok"),
        ("2", "orders", "failed_detection (2/2), would alert"),
        ("2", "nightly", "skipped"),
    ]
    assert shown[6][:2] == ("2", "orders")
    assert shown[6][2].startswith("would send alert: Event 'orders' (local) is failing: ")
    assert sorted(calls(tmp_path)) == ["detect cured"] * 2 + ["detect orders"] * 2
    assert "Dry run" in done.stderr


def test_a_dry_run_begins_with_the_stored_state_and_leaves_it_as_it_is(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text(json.dumps({"cured": ALERTED}))
    before = state.read_bytes()
    done = diva(tmp_path, "run", event_logic(tmp_path, EVENTS), "--dry-run", "--state", state)
    assert ("1", "cured", "ok, would resolve") in rows(done.stdout)
    assert "would send resolution: Event 'cured' (local) is healthy again" in done.stdout
    assert "resolve" not in " ".join(calls(tmp_path))
    assert state.read_bytes() == before
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["calls", "event_logic.py", "state.json"]


def test_a_dry_run_takes_a_missing_state_file_for_a_first_run(tmp_path: Path) -> None:
    file = event_logic(tmp_path, EVENTS)
    done = diva(tmp_path, "run", file, "--dry-run", "--state", "state.json")
    assert done.returncode == 0
    assert not (tmp_path / "state.json").exists()


def test_a_dry_run_does_not_touch_a_corrupt_state_file(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("not json")
    file = event_logic(tmp_path, EVENTS)
    done = diva(tmp_path, "run", file, "--dry-run", "--state", "state.json")
    assert done.returncode == 1
    assert "state.json does not contain the state of events" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["event_logic.py", "state.json"]


def test_a_dry_run_repeats_detections_as_a_real_one_does(tmp_path: Path) -> None:
    file = event_logic(
        tmp_path,
        '{"orders": {"detect": noted("detect", False), "inject": noted("inject"),'
        ' "retry": {"attempts": 2, "delay_sec": 0}}}',
    )
    diva(tmp_path, "run", file, "--dry-run")
    assert calls(tmp_path) == ["detect orders"] * 3


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ('"warmup": {"enabled": True}', "waiting (1×), would inject"),
        ('"timeout_sec": 5', "timeout, would inject"),
    ],
)
def test_a_dry_run_keeps_the_words_of_a_real_one(options: str, status: str, tmp_path: Path) -> None:
    slow = "lambda name: __import__('threading').Event().wait(None if 'timeout' in OPTIONS else 0)"
    file = event_logic(
        tmp_path, f'{{"orders": {{"detect": {slow}, "inject": noted("i"), {options}}}}}'
    )
    file.write_text(f"OPTIONS = {options!r}\n" + file.read_text())
    done = diva(tmp_path, "run", file, "--dry-run")
    assert rows(done.stdout) == [("1", "orders", status)]
