"""The command `demo`, from its table to what it leaves behind."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from ..processes import PATIENCE_SEC, interrupt, wait_until, wait_until_gone
from .commands import event_logic, needs_terraform, write
from .demos import demo, demo_under_way, needs_signals, project_files, read_until, rest


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
        ("--periods", "3", "--example", "incident-actions"),
        ("--event-logic", "own.py", "--example", "s3-event-processor"),
        ("--report", "missing/report.html"),
        ("--report", "report.html", "--example", "scheduled-digest"),
    ],
)
def test_wrong_usage_is_explained(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = demo(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"argument {arguments[0]}: " in done.stderr


def client(service: str, endpoint: str) -> Any:
    return boto3.session.Session().client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106  # the embedded AWS takes any
        config=Config(read_timeout=PATIENCE_SEC),
    )


def rows(written: str, event: str) -> list[tuple[str, str]]:
    """Return period and status of an event in each row."""
    return re.findall(rf"^(\d+) .* {event}  +(\S.*)$", written, re.M)
