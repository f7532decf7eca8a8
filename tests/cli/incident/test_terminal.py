"""What `incident` looks like on a terminal, where it asks a person."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from local_aws import LocalAws

from ...processes import PATIENCE_SEC, started
from ..commands import environ
from ..test_diva_terminal import left_on_screen, read
from .conftest import Deployed

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals on Windows", allow_module_level=True)

import fcntl
import pty
import struct
import termios

COMMAND = [sys.executable, "-m", "cli.incident"]


def test_a_person_agrees_and_can_copy_the_command_that_undoes_it(
    aws: LocalAws, deployed: Deployed, tmp_path: Path
) -> None:
    deployed.function("scale_up")
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
    command = [*COMMAND, "scale_up", "api", "--incident", "incident-1"]
    streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
    env = environ(**aws.environ, TERM="xterm-256color")
    with (
        open(ours, "r+b", buffering=0) as terminal,
        started(command, cwd=tmp_path, env=env, **streams) as process,
    ):
        os.close(theirs)
        written, is_asked = b"", False
        while chunk := read(terminal):
            written += chunk
            if not is_asked and b"Do this? [y/N] " in written:
                is_asked = True
                terminal.write(b"y\n")
        assert process.wait(PATIENCE_SEC) == 0
    lines = left_on_screen(written.decode())
    undo = (
        "  aws ecs update-service --cluster production-cluster "
        "--service production-api-service --desired-count 2"
    )
    assert lines.count(undo) == 2
    assert max(len(line) for line in lines if line != undo) <= 80
    assert any(line.split() == ["desiredCount", "2", "3"] for line in lines)
    assert deployed.account.described()["desiredCount"] == 3
