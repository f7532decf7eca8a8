"""`diva history`, over a file, a bucket and a table."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from cli.common import aws_client
from cli.common.incident_table import duration
from cli.diva.__main__ import main
from diva.incidents import StoredIncidents
from local_aws import LocalAws
from tests.diva.places import KEY, Bucket, File, Table, new_place

from ..processes import PATIENCE_SEC

NOON = int(datetime(2026, 1, 1, 12, tzinfo=timezone.utc).timestamp())
RECORD: dict[str, Any] = {
    "healthy": False,
    "failing_since": "2026-01-03T12:00:00.000+00:00",
    "incidents": [
        [NOON, NOON + 300, None, 0, 0],
        [NOON + 86_400, NOON + 86_400 + 7_500, NOON + 86_400 + 600, 2, 1, "detect raised \x1b[31m"],
        [NOON + 2 * 86_400, None, None, 3, 0, "inject returned False"],
    ],
}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command wait for the embedded AWS however busy the machine is."""
    monkeypatch.setattr(aws_client, "TIMEOUT_SEC", PATIENCE_SEC)


@pytest.mark.parametrize("kind", ["file", "s3", "dynamodb"])
def test_history_shows_the_incidents_newest_first(
    kind: str, aws: LocalAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = new_place(kind, aws, tmp_path)
    place.put(RECORD)
    assert main(["history", "orders", *arguments(place)]) == 0
    heading, newest, why, second, because, oldest = capsys.readouterr().out.splitlines()
    assert heading.split("  ")[0] == "from (UTC)"
    assert newest.startswith("2026-01-03 12:00  still open")
    assert newest.split()[-5:] == ["–", "0", "of", "3", "ok"]
    assert why == "    last error: inject returned False"
    assert " ".join(second.split()) == (
        "2026-01-02 12:00 2026-01-02 14:05 2 h 5 min 10 min 1 of 2 ok"
    )
    assert because == "    last error: detect raised \\x1b[31m"
    assert " ".join(oldest.split()) == "2026-01-01 12:00 2026-01-01 12:05 5 min – –"


def arguments(place: object) -> list[str]:
    if isinstance(place, File):
        return ["--state", str(place.path)]
    if isinstance(place, Bucket):
        return ["--bucket", place.name, "--key", KEY]
    assert isinstance(place, Table)
    return ["--table", place.name]


def test_an_event_without_incidents_and_an_unknown_and_an_invalid_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"orders": {"healthy": True}, "broken": {"healthy": 7}}))
    assert main(["history", "orders", "--state", str(file)]) == 0
    assert capsys.readouterr().out == "Event orders has had no incident.\n"
    assert main(["history", "order", "--state", str(file)]) == 1
    assert f"no state of event 'order' in state file {file}. Did you mean 'orders'?" in (
        capsys.readouterr().err
    )
    assert main(["history", "broken", "--state", str(file)]) == 1
    assert "is invalid: healthy is 7" in capsys.readouterr().err


def test_history_needs_one_location(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["history", "orders"])
    assert "specify exactly one of --state FILE" in capsys.readouterr().err


def test_a_reset_ends_the_incident_that_lasts_and_keeps_the_others(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"orders": RECORD}))
    assert main(["reset", "orders", "--state", str(file)]) == 0
    record = json.loads(file.read_text())["orders"]
    assert record["failing_since"] is None
    before, after = RECORD["incidents"], record["incidents"]
    assert after[:2] == before[:2]
    assert after[2][1] > NOON + 2 * 86_400
    assert len(StoredIncidents(after, None)) == 3


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3_600, "1 h"),
        (3_601, "1 h"),
        (86_400 * 30 + 7_200, "30 d 2 h"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: int, expected: str) -> None:
    assert duration(timedelta(seconds=seconds)) == expected
