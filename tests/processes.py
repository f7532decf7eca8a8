"""Processes that tests start: interrupted as a terminal does it, and ended with the test."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

PATIENCE_SEC = 1200
"""More than any of them needs on a busy machine, so that one that hangs is told from a slow one."""


@contextmanager
def started(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Start `command` as a shell would; afterwards it is gone, and all that it has started.

    It is killed once it has run for too long, so that nobody waits for its output forever.
    """
    with subprocess.Popen(command, text=True, start_new_session=True, **options) as process:
        overdue = threading.Timer(PATIENCE_SEC, _kill, [process])
        overdue.daemon = True
        overdue.start()
        try:
            yield process
        finally:
            overdue.cancel()
            _kill(process)


def finished(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `command` to its end; return its exit status, output and errors."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(command, **pipes, **options) as process:
        output, errors = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def interrupt(process: subprocess.Popen[str]) -> None:
    """Do what Ctrl-C does: interrupt `process` and all that it has started."""
    os.killpg(process.pid, signal.SIGINT)


def wait_until(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Wait until `condition` holds, which `process` is to bring about."""
    while not condition():
        assert process.poll() is None, f"it has ended with {process.returncode}"
        time.sleep(0.01)


def wait_until_gone(pid: int) -> None:
    """Wait until there is no process `pid` any more; if it is negative, no group of that number."""
    until = time.monotonic() + PATIENCE_SEC
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    raise AssertionError(f"{pid} is still there")


def _kill(process: subprocess.Popen[str]) -> None:
    if os.name != "nt":
        # All of them have ended; macOS says the latter of a group of which nobody has been told.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
