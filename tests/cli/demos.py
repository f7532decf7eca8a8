"""Running the command `demo`, to its end or to an interrupt."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from cli.common.paths import ROOT

from ..processes import finished, started
from .commands import environ

COMMAND = [sys.executable, "-m", "cli.demo"]

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="there is no Ctrl-C to send")


def demo(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `demo` in `folder` to its end, with all its temporary files there."""
    variables["TMPDIR"] = str(folder)
    return finished([*COMMAND, *arguments], cwd=folder, env=environ(**variables))


def demo_under_way(folder: Path, *arguments: str) -> AbstractContextManager[subprocess.Popen[str]]:
    """Start `demo` in `folder`, with errors in its output."""
    variables = environ(TMPDIR=str(folder))
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return started([*COMMAND, *arguments], cwd=folder, env=variables, **streams)


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


def project_files() -> list[Path]:
    """Return every file that Terraform could have left its own beside."""
    folders = [ROOT / "examples", ROOT / "modules", ROOT / "lambda"]
    files = [file for folder in folders for file in folder.rglob("*")]
    # Other tests may compile modules at the same time.
    return sorted(file for file in files if "__pycache__" not in file.parts)
