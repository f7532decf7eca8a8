"""The command `demo`, from its table to what it leaves behind."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from cli.common.paths import ROOT

from ..processes import (
    PATIENCE_SEC,
    finished,
    interrupt,
    started,
    wait_until,
    wait_until_gone,
)
from .commands import environ, event_logic, needs_terraform, write

COMMAND = [sys.executable, "-m", "cli.demo"]

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="there is no Ctrl-C to send")


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder with a short path, for the sockets in it on which providers of Terraform listen."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@needs_terraform
def test_the_scenario_runs_and_nothing_is_left_behind(tmp_path: Path) -> None:
    before = project_files()
    done = demo(tmp_path, "--report", "report.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout, "colours are for terminals"
    assert rows(done.stdout, "orders") == [
        ("1", "verified"),
        ("2", "verified"),
        ("3", "injected"),
        ("4", "injected alerted"),
        ("5", "injected"),
        ("6", "cooldown (1/2)"),
        ("7", "cooldown (2/2) resolved"),
    ]
    assert [status for _, status in rows(done.stdout, "website")] == ["ok"] * 7
    assert "\n3   the worker stops polling the order queue  orders " in done.stdout
    assert re.findall(r"^period (\d) +(.*)$", done.stdout, re.M) == [
        ("4", "DIVA: orders is failing"),
        ("7", "DIVA: orders is healthy"),
    ]
    failing, at_end = done.stdout.split("State after period 5")[1].split("Final state")
    assert re.search(r"^orders +failing +3 ", failing, re.M)
    assert re.search(r"^orders +healthy +0 ", at_end, re.M)
    made = re.search(r"^Applying examples/monolithic \.\.\. (\d+) resources", done.stdout, re.M)
    gone = re.search(r"^Destroying all resources \.\.\. (\d+) resources", done.stdout, re.M)
    assert made is not None
    assert gone is not None
    assert made[1] == gone[1]
    assert "\nWrote a report of these events to report.html.\n" in done.stdout
    [report] = tmp_path.iterdir()
    html = report.read_text(encoding="utf-8")
    assert re.findall(r"<h3>(.*?)</h3><b>(.*?)</b>", html) == [
        ("orders", "Healthy"),
        ("receipts", "Healthy"),
        ("website", "Healthy"),
    ]
    assert html.count("<summary>1 incident</summary>") == 1
    assert project_files() == before


@needs_terraform
@needs_signals
def test_own_event_logic_that_fails_is_shown_and_the_aws_kept_until_ctrl_c(
    tmp_path: Path, temporary: Path
) -> None:
    file = event_logic(
        tmp_path,
        """{
        "right": {"detect": noted("d"), "role": "detect"},
        "wrong": {"detect": noted("d"), "role": "detcet"},
        }""",
        "own.py",
    )
    with demo_under_way(
        temporary, "--event-logic", str(file), "--periods", "2", "--keep"
    ) as process:
        written = read_until(process, r"# repair$")
        exports = dict(re.findall(r"^export (\w+)=(.*)$", written, re.M))
        functions = client("lambda", exports["AWS_ENDPOINT_URL"])
        [name] = re.findall(r"^aws lambda invoke --function-name (\S+)", written, re.M)
        assert functions.invoke(FunctionName=name)["FunctionError"] == "Unhandled"
        interrupt(process)
        assert rest(process).strip().splitlines() == [
            "The embedded AWS and everything in it have been removed.",
            "demo: 2 of 2 invocations failed",
        ]
    assert process.returncode == 1
    assert re.findall(r"^(\d) +✗ (.*)$", written, re.M) == [
        ("1", "diva-monolithic failed"),
        ("2", "diva-monolithic failed"),
    ]
    assert written.count("event 'wrong': role is 'detcet'") >= 2
    assert "Detection for event 'right' succeeded" in written
    assert re.search(r"^right +healthy ", written, re.M)
    assert list(temporary.iterdir()) == []


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
def test_a_week_of_digests_is_shown(temporary: Path) -> None:
    before = project_files()
    done = demo(temporary, "--example", "scheduled-digest")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout, "colours are for terminals"
    table = [
        line.split()
        for line in done.stdout.splitlines()
        if re.match(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) +(daily|weekly) ", line)
    ]
    assert table == [
        ["Mon", "weekly", "·", "·", "digested", "·", "·", "·", "·"],
        ["Mon", "daily", "digested", "digested", "·", "·", "·", "·", "purged"],
        ["Tue", "daily", "digested", "retried", "·", "·", "·", "·"],
        ["Wed", "daily", "digested", "digested", "·", "·", "·", "purged"],
        ["Wed", "daily", "skipped", "skipped", "·", "·", "·"],
        ["Thu", "daily", "digested", "digested", "·", "·", "·"],
        ["Fri", "daily", "retried", "digested", "·", "·", "·"],
        ["Sat", "daily", "digested", "digested", "·", "·", "digested"],
        ["Sun", "daily", "digested", "digested", "·", "·", "digested"],
        ["Mon", "weekly", "·", "·", "digested", "·", "·"],
        ["Mon", "daily", "digested", "digested", "·", "·", "digested"],
    ]
    for repo, digests in {"api": "8 daily", "docs": "2 weekly", "trial": "3 daily"}.items():
        assert re.search(rf"^{repo} +{digests}$", done.stdout, re.M)
    assert "\napi, web, docs, labs, trial\n" in done.stdout
    assert "Nothing is left behind." in done.stdout
    assert list(temporary.iterdir()) == []
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


@needs_terraform
@needs_signals
def test_ctrl_c_while_terraform_works_leaves_nothing_behind(temporary: Path) -> None:
    with demo_under_way(temporary) as process:
        written = read_until(process, r"^Applying ")
        sqs = client("sqs", re.findall(r"http://127\.0\.0\.1:\d+", written)[0])
        wait_until(lambda: sqs.list_queues().get("QueueUrls"), process)
        interrupt(process)
        assert rest(process).endswith("The embedded AWS and everything in it have been removed.\n")
    assert process.returncode == 130
    assert list(temporary.iterdir()) == []
    wait_until_gone(-process.pid)


def test_a_missing_terraform_is_one_line(tmp_path: Path) -> None:
    done = demo(tmp_path, PATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"demo: Terraform 1\.9 or later is required, .*\n", done.stderr)


@needs_terraform
def test_a_used_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = demo(tmp_path, "--port", str(port))
    assert done.returncode == 1
    assert re.fullmatch(rf"demo: Port {port} on 127\.0\.0\.1 cannot be used: .*\n", done.stderr)
    assert list(tmp_path.iterdir()) == []


@needs_terraform
@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (None, "demo: own.py cannot be read: No such file or directory\n"),
        ("def get_events(:\n    return {}\n", "demo: own.py, line 1: invalid syntax\n"),
    ],
)
def test_event_logic_that_cannot_be_deployed_is_one_line(
    tmp_path: Path, source: str | None, complaint: str
) -> None:
    if source is not None:
        write(tmp_path / "own.py", source)
    done = demo(tmp_path, "--event-logic", "own.py")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", complaint)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--periods", "0"),
        ("--port", "65536"),
        ("--example", "vpc-kms"),
        ("--event-logic",),
        ("--periods", "3", "--example", "s3-event-processor"),
        ("--periods", "3", "--example", "scheduled-digest"),
        ("--event-logic", "own.py", "--example", "s3-event-processor"),
        ("--report", "missing/report.html"),
        ("--report", "report.html", "--example", "scheduled-digest"),
    ],
)
def test_wrong_usage_is_explained(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = demo(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"argument {arguments[0]}: " in done.stderr


def demo(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `demo` in `folder` to its end, with all its temporary files there."""
    variables["TMPDIR"] = str(folder)
    return finished([*COMMAND, *arguments], cwd=folder, env=environ(**variables))


def demo_under_way(folder: Path, *arguments: str) -> AbstractContextManager[subprocess.Popen[str]]:
    """Start `demo` in `folder`, with errors in its output."""
    variables = environ(TMPDIR=str(folder))
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return started([*COMMAND, *arguments], cwd=folder, env=variables, **streams)


def client(service: str, endpoint: str) -> Any:
    return boto3.session.Session().client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106  # the embedded AWS takes any
        config=Config(read_timeout=PATIENCE_SEC),
    )


def read_until(process: subprocess.Popen[str], pattern: str) -> str:
    """Return what `process` has written when a line of it matches."""
    assert process.stdout is not None
    written = ""
    while not re.search(pattern, written, re.M):
        character = process.stdout.read(1)
        assert character, written
        written += character
    return written


def rest(process: subprocess.Popen[str]) -> str:
    """Return what `process` writes until it ends."""
    assert process.stdout is not None
    written = process.stdout.read()
    process.wait()
    return written


def rows(written: str, event: str) -> list[tuple[str, str]]:
    """Return period and status of an event in each row."""
    return re.findall(rf"^(\d+) .* {event}  +(\S.*)$", written, re.M)


def places(written: str, key: str) -> list[str]:
    """Return where the table shows an object to be, from row to row, without its waiting."""
    [heading] = re.findall(r"^time  # .*$", written, re.M)
    column = heading.index(key)
    found = [
        row[column : column + 10].strip() for row in re.findall(r"^ *\d+ s  .*$", written, re.M)
    ]
    moved = [each for each in found if each not in ("", "waiting")]
    return [each for each, before in zip(moved, ["", *moved], strict=False) if each != before]


def project_files() -> list[Path]:
    """Return every file that Terraform could have left its own beside."""
    folders = [ROOT / "examples", ROOT / "modules", ROOT / "lambda"]
    files = [file for folder in folders for file in folder.rglob("*")]
    # Other tests may compile modules at the same time.
    return sorted(file for file in files if "__pycache__" not in file.parts)
