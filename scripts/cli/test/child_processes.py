"""Child processes: running them, and finding and ending those that are left running.

A "child subreaper" becomes the parent of every orphan among its descendants. As one, this process
finds even the processes whose parents have ended and that have a session of their own. This is
a feature of Linux. On other systems, no process is found.
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
PATIENCE_SEC = 30
"""The time that processes have to end by themselves."""
_POLL_SEC = 0.01
_PR_SET_CHILD_SUBREAPER = 36
_ENDED = ("Z", "X")


@dataclass(frozen=True, slots=True)
class Process:
    """A descendant of this process."""

    pid: int
    command: str


def adopt_orphans() -> None:
    """Make this process the parent of every orphan among its descendants."""
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
        if interrupt.args == (signal.SIGINT,):  # a terminal sends it to the command, too
            _wait_briefly(process)
        process.send_signal(signal.SIGINT)
        _wait_briefly(process)
        raise
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for `process`, and reap the orphans that end meanwhile."""
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
    """Return the descendants of this process that do not end by themselves."""
    until = time.monotonic() + PATIENCE_SEC
    while (found := _living()) and time.monotonic() < until:
        time.sleep(_POLL_SEC)
    return found


def end_all() -> None:
    """Kill all descendants of this process, and those that they start meanwhile."""
    until = time.monotonic() + PATIENCE_SEC
    while (found := _living()) and time.monotonic() < until:
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        time.sleep(_POLL_SEC)


def _living() -> list[Process]:
    # The first look misses an orphan whose parent ends between reading the one and the other.
    return _descendants() or _descendants()


def _descendants() -> list[Process]:
    """Return the running descendants of this process, after reaping those that have ended."""
    if not IS_LINUX:
        return []
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    children: defaultdict[int, list[int]] = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError):  # the process has ended
                # "pid (name) state parent ...", where the name may contain parentheses
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
