"""The commands of the README that replay dead letters."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "modules" / "splunk-forwarder" / "README.md"
COMMANDS = {
    "terraform": "echo value",
    "aws": """\
case "$1 $2" in
  "sqs receive-message") [ -e deleted ] || echo "$MESSAGE" ;;
  "sqs delete-message") touch deleted ;;
  "lambda invoke") echo "$ANSWER"; exit "$STATUS" ;;
esac""",
}

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not shutil.which("bash") or not shutil.which("jq"),
    reason="needs bash and jq",
)


@pytest.mark.parametrize(
    ("status", "answer", "is_deleted"),
    [
        (0, '{"StatusCode": 200}', True),
        (0, '{"StatusCode": 200, "FunctionError": "Unhandled"}', False),
        (255, "", False),
    ],
)
def test_only_what_was_replayed_is_deleted(
    tmp_path: Path, status: int, answer: str, is_deleted: bool
) -> None:
    (tmp_path / "bin").mkdir()
    for name, text in COMMANDS.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (tmp_path / "bin" / name).chmod(0o755)
    [commands] = [
        each
        for each in re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
        if "delete-message" in each
    ]
    subprocess.run(
        ["bash", "-c", commands],
        cwd=tmp_path,
        env={
            **os.environ,
            "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "MESSAGE": '{"Messages": [{"Body": "{}", "ReceiptHandle": "a"}]}',
            "STATUS": str(status),
            "ANSWER": answer,
        },
        timeout=30,
        check=False,
    )
    assert (tmp_path / "deleted").exists() == is_deleted
