"""Running the commands as processes, and writing event logic for them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cli.common import terraform
from cli.common.paths import ROOT

from ..processes import finished

COMMAND = [sys.executable, "-m", "cli.diva"]

needs_terraform = pytest.mark.skipif(not shutil.which(terraform.binary()), reason="needs Terraform")

CALLBACKS = """
from pathlib import Path

def noted(name, answer=True):
    def callback(argument):
        with Path("calls").open("a") as calls:
            calls.write(f"{name} {argument}\\n")
        if isinstance(answer, Exception):
            raise answer
        return answer
    return callback
"""
"""`noted(name, answer)` makes a callback that leaves a line in the file `calls`."""


def environ(**variables: str) -> dict[str, str]:
    """Return an environment as the command gets it on a machine that knows no AWS account."""
    paths = [str(ROOT / "scripts"), str(ROOT / "lambda"), variables.pop("PYTHONPATH", "")]
    left_out = ("PYTHONUNBUFFERED", "FORCE_COLOR", "NO_COLOR", "COLUMNS", "TTY_COMPATIBLE")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in left_out and not name.startswith("AWS_")
    }
    return {**inherited, **variables, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def diva(
    folder: Path, *arguments: str | Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run `diva` in `folder` to its end."""
    return finished([*COMMAND, *map(str, arguments)], cwd=folder, env=environ(**variables))


def write(file: Path, source: str) -> Path:
    """Write Python code into `file`, without its indentation, and return the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(textwrap.dedent(source))
    return file


def event_logic(folder: Path, events: str, name: str = "event_logic.py") -> Path:
    """Write event logic whose get_events() returns the dict `events`, with `noted` to use."""
    return write(folder / name, f"{CALLBACKS}\ndef get_events():\n    return {events}\n")


def calls(folder: Path) -> list[str]:
    """Return what the callbacks that `noted` made have noted."""
    file = folder / "calls"
    return file.read_text().splitlines() if file.exists() else []


def rows(output: str) -> list[tuple[str, str, str]]:
    """Return (period, event, status or message) of each line that a run has printed."""
    matches = re.finditer(r"^(\d+) +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  (\S+) +(.*)$", output, re.M)
    return [(each[1], each[2], each[3]) for each in matches]
