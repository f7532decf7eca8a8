"""The demo of the S3 event processor, from its table to what it leaves behind."""

from __future__ import annotations

import re
from pathlib import Path

from ..processes import interrupt, wait_until_gone
from .commands import needs_terraform
from .demos import demo, demo_under_way, needs_signals, project_files, read_until, rest


@needs_terraform
def test_files_are_shown_on_their_way_until_all_are_processed(tmp_path: Path) -> None:
    before = project_files()
    done = demo(tmp_path, "--example", "s3-event-processor")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout, "colours are for terminals"
    broken = places(done.stdout, "broken.csv")
    failing = ["queued", *["running", "given back"] * 2, "running", "buried", "queued", "running"]
    assert broken[: len(failing)] == failing
    assert broken[-1] == "done"
    late = places(done.stdout, "paris.csv")
    assert late[:3] == ["queued", "running", "given back"]
    assert late[-2:] == ["running", "done"]
    for key in ("oslo.csv", "rome.csv", "lima.csv", "cairo.csv"):
        assert places(done.stdout, key) == ["queued", "running", "done"]
        assert re.search(rf"^{key} .*█", done.stdout, re.M)
    assert re.search(r"^broken\.csv .*✗.*✗.*✗.*█", done.stdout, re.M)
    assert "broken.csv is buried after 3 attempts: NoTable: The file has 2 columns" in done.stdout
    assert "$ scripts/redrive example-csv-summarize-dlq example-csv-events\n" in done.stdout
    summaries = "broken.json, cairo.json, lima.json, oslo.json, paris.json, rome.json"
    assert f"\n{summaries}\n" in done.stdout
    assert "Nothing is left behind." in done.stdout
    assert list(tmp_path.iterdir()) == []
    assert project_files() == before


@needs_terraform
@needs_signals
def test_ctrl_c_while_files_are_processed_leaves_nothing_behind(tmp_path: Path) -> None:
    with demo_under_way(tmp_path, "--example", "s3-event-processor", "--keep") as process:
        read_until(process, r"^ *\d+ s  1   running ")
        interrupt(process)
        assert rest(process).endswith("The embedded AWS and everything in it have been removed.\n")
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []
    wait_until_gone(-process.pid)


def places(written: str, key: str) -> list[str]:
    """Return where the table shows an object to be, from row to row, without its waiting."""
    [heading] = re.findall(r"^time  # .*$", written, re.M)
    column = heading.index(key)
    found = [
        row[column : column + 10].strip() for row in re.findall(r"^ *\d+ s  .*$", written, re.M)
    ]
    moved = [each for each in found if each not in ("", "waiting")]
    return [each for each, before in zip(moved, ["", *moved], strict=False) if each != before]
