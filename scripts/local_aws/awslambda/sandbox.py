"""One execution environment: a child process that serves one invocation at a time."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_CHILD = Path(__file__).with_name("child.py")
_POLL_SEC = 0.05
_GRACE_SEC = 1.0

# One child at a time is started, or on Windows it could inherit the pipes of another.
_starting = threading.Lock()


@dataclass(frozen=True, slots=True)
class LogLine:
    """One log event: when it was written, in milliseconds of the epoch, and its text."""

    timestamp: int
    message: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a sandbox ended instead of answering: Lambda's error type, and its words for it."""

    error_type: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request: a result, the function's own error, or a failure."""

    result: str | None = None
    error: dict[str, Any] | None = None
    failure: Failure | None = None


class Sandbox:
    """A running child process with the code and configuration it was started with."""

    def __init__(
        self, folder: Path, environ: Mapping[str, str], path: Iterable[Path], memory_bytes: int
    ) -> None:
        """Start a child in `folder` whose `sys.path` begins with `path`; nothing is imported yet.

        A child that has held more than `memory_bytes` ends, where the platform tells.
        """
        self.peak_bytes = 0
        self._memory_bytes = memory_bytes
        with _starting:
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(_CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=dict(environ),
                start_new_session=os.name != "nt",
            )
        requests, answers, log = self._process.stdin, self._process.stdout, self._process.stderr
        assert requests is not None
        assert answers is not None
        assert log is not None
        self._requests = requests
        self._log = _Log(log)
        self._answers: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._read_answers, args=[answers], daemon=True).start()
        self._send({"path": [str(entry) for entry in path]})

    def initialise(self, timeout_sec: float) -> Answer:
        """Wait until the function's module is imported."""
        return self._wait("init", timeout_sec)

    def invoke(self, request_id: str, arn: str, event: str, timeout_sec: float) -> Answer:
        """Run the handler once with `event`, which is JSON text."""
        deadline = time.time() + timeout_sec
        self._send({"request_id": request_id, "arn": arn, "deadline": deadline, "event": event})
        return self._wait(request_id, timeout_sec)

    def take_log(self) -> list[LogLine]:
        """Return what was logged since the last call."""
        return self._log.take()

    def end(self) -> None:
        """Kill the child and all it started."""
        if os.name != "nt":
            # gone already; macOS says the latter of a group that has only ended processes
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):  # what it still held back has no reader any more
            self._requests.close()

    def _send(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # the child has ended; waiting for its answer finds it
            self._requests.write(json.dumps(message).encode() + b"\n")
            self._requests.flush()

    def _wait(self, request_id: str, timeout_sec: float) -> Answer:
        answer = self._next_answer(timeout_sec)
        if isinstance(answer, Failure):
            self.end()
            self._log.wait_for(None)
            return Answer(failure=answer)
        self._log.wait_for(request_id)
        return Answer(result=answer.get("result"), error=answer.get("error"))

    def _next_answer(self, timeout_sec: float) -> dict[str, Any] | Failure:
        deadline = time.monotonic() + timeout_sec
        while True:
            self.peak_bytes = max(self.peak_bytes, _peak_bytes(self._process.pid))
            if self.peak_bytes > self._memory_bytes:
                return _OUT_OF_MEMORY
            remaining = deadline - time.monotonic()
            try:
                line = self._answers.get(timeout=max(0.0, min(remaining, _POLL_SEC)))
            except queue.Empty:
                if remaining <= 0:
                    reason = f"Task timed out after {timeout_sec:.2f} seconds"
                    return Failure("Sandbox.Timedout", reason)
                if self._process.poll() is None:
                    continue
                line = self._last_words()
            if not line:
                return _exit_failure(self._process.wait())
            answer: dict[str, Any] = json.loads(line)
            self.peak_bytes = max(self.peak_bytes, answer.pop("peak_bytes"))
            return _OUT_OF_MEMORY if self.peak_bytes > self._memory_bytes else answer

    def _last_words(self) -> bytes:
        """Return what an ended child said before; a process it left behind may hold the pipe."""
        try:
            return self._answers.get(timeout=_GRACE_SEC)
        except queue.Empty:
            return b""

    def _read_answers(self, answers: IO[bytes]) -> None:
        with answers:
            for line in answers:
                self._answers.put(line)
        self._answers.put(b"")


class _Log:
    """The lines a child writes, read as they come."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._changed = threading.Condition()
        self._lines: list[LogLine] = []
        self._complete: set[str | None] = set()
        threading.Thread(target=self._read, args=[pipe], daemon=True).start()

    def wait_for(self, request_id: str | None) -> None:
        """Wait until all lines before the end of that request are here; None: all lines at all."""
        with self._changed:
            self._changed.wait_for(
                lambda: request_id in self._complete or None in self._complete, _GRACE_SEC
            )
            self._complete.discard(request_id)

    def take(self) -> list[LogLine]:
        with self._changed:
            lines, self._lines = self._lines, []
        return lines

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            for raw in pipe:
                text, end, request_id = raw.rstrip(b"\r\n").partition(b"\0END\0")
                with self._changed:
                    if text or not end:
                        message = text.decode("utf-8", "replace").replace("\0", "\n")
                        self._lines.append(LogLine(time.time_ns() // 1_000_000, message))
                    if end:
                        self._complete.add(request_id.decode())
                        self._changed.notify_all()
        with self._changed:
            self._complete.add(None)
            self._changed.notify_all()


_OUT_OF_MEMORY = Failure("Runtime.OutOfMemory", "Runtime exited with error: signal: killed")


def _exit_failure(code: int) -> Failure:
    if code == 0:
        return Failure("Runtime.ExitError", "Runtime exited without providing a reason")
    if code > 0:
        return Failure("Runtime.ExitError", f"Runtime exited with error: exit status {code}")
    name = (signal.strsignal(-code) or f"signal {-code}").lower()
    return Failure("Runtime.ExitError", f"Runtime exited with error: signal: {name}")


def _peak_bytes(pid: int) -> int:
    """The most memory that process ever held, 0 where the platform does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
