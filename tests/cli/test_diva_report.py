"""`diva report`, over a file, a bucket and a table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.common import aws_client
from cli.diva.__main__ import main
from local_aws import LocalAws
from tests.diva.places import new_place

from ..processes import PATIENCE_SEC
from .commands import diva, event_logic
from .test_diva_history import RECORD, arguments


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the command wait for the embedded AWS however busy the machine is."""
    monkeypatch.setattr(aws_client, "TIMEOUT_SEC", PATIENCE_SEC)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state file with a failing event."""
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"orders": RECORD}))
    return file


@pytest.mark.parametrize("kind", ["file", "s3", "dynamodb"])
def test_report_writes_a_page_about_the_stored_state(
    kind: str,
    aws: LocalAws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    place = new_place(kind, aws, tmp_path)
    place.put({**RECORD, "known_since": 1_600_000_000})
    given = arguments(place)
    assert main(["report", *given]) == 0
    where = {"file": "state file ", "s3": "s3://", "dynamodb": "DynamoDB table "}[kind]
    output = capsys.readouterr().out
    assert (
        output == f"Wrote a report of 1 event in {where}{'/'.join(given[1::2])} to report.html.\n"
    )
    html = Path("report.html").read_text(encoding="utf-8")
    assert "<h3>orders</h3><b>Failing</b>" in html
    assert "<summary>3 incidents</summary>" in html
    assert "detect raised \\x1b[31m" in html
    assert "No failure in 90 days" not in html
    assert "Made without event logic" in html


def test_event_logic_adds_what_it_says_of_the_events(tmp_path: Path, state: Path) -> None:
    file = event_logic(
        tmp_path,
        """{
        "orders": {"detect": noted("d"), "role": "detect"},
        "invoices": {"detect": noted("d"), "role": "detect", "depends_on": ["orders"]},
        }""",
        "own.py",
    )
    done = diva(
        tmp_path, "report", "--state", state, "--event-logic", file, "--output", "page.html"
    )
    assert (done.returncode, done.stderr) == (0, "")
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    card = html[html.index("<h3>invoices</h3><b>Unknown</b>") :]
    assert "Inhibited by <a href=#e0>orders</a>" in card
    assert "are those in own.py" in html
    assert not (tmp_path / "calls").exists()


def test_invalid_events_are_listed_and_the_page_is_written(tmp_path: Path, state: Path) -> None:
    event_logic(tmp_path, '{"orders": {"role": "detcet"}, 7: {}}', "own.py")
    done = diva(tmp_path, "report", "--state", state, "--event-logic", "own.py")
    assert done.returncode == 0
    assert "event 'orders': role is 'detcet'" in done.stderr
    assert "event 7: its name must be a string" in done.stderr
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<h3>orders</h3><b>Invalid</b>" in html


def test_event_logic_that_does_not_import_writes_no_page(tmp_path: Path, state: Path) -> None:
    (tmp_path / "own.py").write_text("import nonexistent\n")
    done = diva(tmp_path, "report", "--state", state, "--event-logic", "own.py")
    assert done.returncode == 1
    assert "own.py does not import: ModuleNotFoundError" in done.stderr
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize("output", [".", "missing/report.html"])
def test_a_page_that_cannot_be_written_is_refused_before_anything_is_read(
    tmp_path: Path, output: str
) -> None:
    done = diva(tmp_path, "report", "--state", "missing.json", "--output", output)
    assert done.returncode == 2
    name = output if output == "." else str(Path(output))
    assert f"argument --output: {name} cannot be written" in done.stderr


def test_a_failure_to_write_is_an_error(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    file = tmp_path / "report.html"
    assert main(["report", "--state", str(state), "--output", str(file)]) == 1
    assert capsys.readouterr().err == f"diva: {file} cannot be written: No space left on device\n"


def test_state_that_is_not_there_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--state", str(tmp_path / "missing.json")]) == 1
    assert "missing.json does not exist" in capsys.readouterr().err
