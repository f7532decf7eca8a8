"""The processes below this one: run to their end, found if they outlive it, and ended.

A process can be told to be the parent of all orphans below it (a "child subreaper"), so that
it finds even those whose parents have ended and that lead sessions of their own. Only Linux
can do that, and on other systems nothing is found.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

IS_LINUX = sys.platform == "linux"
PATIENCE_SEC = 10
"""What processes that are about to end are given to do it."""
_POLL_SEC = 0.01
_PR_SET_CHILD_SUBREAPER = 36
_ENDED = ("Z", "X")


@dataclass(frozen=True, slots=True)
class Process:
    """A process below this one."""

    pid: int
    command: str


def adopt_orphans() -> None:
    """Make this process the parent of those below it whose own parents have ended."""
    if IS_LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(command: Sequence[str]) -> int:
    """Run `command` to its end and return its exit status.

    If this process is interrupted, so is the command, which then has some time to clean up.
    """
    process = subprocess.Popen(command)
    try:
        return _wait(process)
    except KeyboardInterrupt as interrupt:
        if interrupt.args == (signal.SIGINT,):  # which a terminal sends to the command as well
            _wait_briefly(process)
        process.send_signal(signal.SIGINT)
        _wait_briefly(process)
        raise
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for `process`, and meanwhile reap the orphans that end, so that they are gone."""
    while IS_LINUX:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        assert ended is not None
        if ended.si_pid == process.pid:
            break
        os.waitpid(ended.si_pid, 0)
    return process.wait()


def _wait_briefly(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE_SEC)


def left_behind() -> list[Process]:
    """Return the processes below this one that go on, which none of them should."""
    until = time.monotonic() + PATIENCE_SEC
    while (found := _living()) and time.monotonic() < until:
        time.sleep(_POLL_SEC)
    return found


def end_all() -> None:
    """End all processes below this one, and those that they start meanwhile."""
    until = time.monotonic() + PATIENCE_SEC
    while (found := _living()) and time.monotonic() < until:
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        time.sleep(_POLL_SEC)


def _living() -> list[Process]:
    # A child that is read before its parent ends, and the parent after, is missed at first.
    return _descendants() or _descendants()


def _descendants() -> list[Process]:
    """Return the living processes below this one, after reaping those that have ended."""
    if not IS_LINUX:
        return []
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    children: defaultdict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):  # it has ended
                # pid (name) state parent ..., and the name may hold anything
                state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
                if state not in _ENDED:
                    children[int(parent)].append(int(folder.name))
    found: list[int] = []
    parents = [os.getpid()]
    while parents:
        below = children[parents.pop()]
        found += below
        parents += below
    return [Process(pid, _command(pid)) for pid in sorted(found)]


def _command(pid: int) -> str:
    try:
        content = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return "(ended)"
    return content.decode(errors="replace").rstrip("\0").replace("\0", " ")
