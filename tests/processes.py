"""Processes that tests start: interrupted as a terminal does it, and ended with the test."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

PATIENCE_SEC = 120
"""More than any of them needs, so that one that hangs is told from a slow one."""


@contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start `command` as a shell would; afterwards it is gone, and all that it has started."""
    with subprocess.Popen(command, text=True, start_new_session=True, **options) as process:
        try:
            yield process
        finally:
            _kill(process)


def interrupt(process: subprocess.Popen[str]) -> None:
    """Do what Ctrl-C does: interrupt `process` and all that it has started."""
    os.killpg(process.pid, signal.SIGINT)


def _kill(process: subprocess.Popen[str]) -> None:
    if os.name != "nt":
        with contextlib.suppress(ProcessLookupError):  # all of them have ended
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
