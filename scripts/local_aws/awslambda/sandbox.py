"""The sandbox of one execution environment: a child process that serves one request at a time."""

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
from typing import Any

from local_aws.awslambda.pipe import LinePipe

_CHILD = Path(__file__).with_name("child.py")
_POLL_SEC = 0.05

# One child at a time is started, or on Windows it could inherit the pipes of another.
_starting = threading.Lock()


@dataclass(frozen=True, slots=True)
class LogLine:
    """A log event: when it was written, in milliseconds of the epoch, and its text."""

    timestamp: int
    message: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a sandbox ended instead of responding: Lambda's error type, and its message."""

    error_type: str
    reason: str


@dataclass(frozen=True, slots=True)
class Response:
    """What a request came to: a result, an error of the function, or a failure of the sandbox."""

    result: str | None = None
    error: dict[str, Any] | None = None
    failure: Failure | None = None


class Sandbox:
    """A child process with the code and configuration that it was started with."""

    def __init__(
        self, folder: Path, environ: Mapping[str, str], path: Iterable[Path], memory_bytes: int
    ) -> None:
        """Start a child in `folder` whose `sys.path` begins with `path`.

        The child is killed when it has used more than `memory_bytes`, on platforms that tell.
        """
        self.peak_bytes = 0
        self._memory_bytes = memory_bytes
        self._killing = threading.Lock()
        self._killed = False
        self._lines: queue.SimpleQueue[LogLine] = queue.SimpleQueue()
        self._responses: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._log_pipe = LinePipe(self._receive_log)
        self._response_pipe = LinePipe(self._responses.put)
        with _starting:
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(_CHILD)],
                stdin=subprocess.PIPE,
                stdout=self._response_pipe.fileno(),
                stderr=self._log_pipe.fileno(),
                cwd=folder,
                env=dict(environ),
                start_new_session=os.name != "nt",
            )
        self._send({"path": [str(entry) for entry in path]})

    def initialise(self, timeout_sec: float) -> Response:
        """Wait until the module of the function is imported."""
        return self._wait(timeout_sec)

    def invoke(self, request_id: str, arn: str, event: str, timeout_sec: float) -> Response:
        """Run the handler once with `event` (JSON text)."""
        deadline = time.time() + timeout_sec
        self._send({"request_id": request_id, "arn": arn, "deadline": deadline, "event": event})
        return self._wait(timeout_sec)

    def take_log(self) -> list[LogLine]:
        """Return what was logged since the last call."""
        return [self._lines.get() for _ in range(self._lines.qsize())]

    def kill(self) -> None:
        """Kill the child and all that it has started, while others may be using this sandbox."""
        with self._killing:
            if self._killed:
                return
            self._killed = True
            if os.name != "nt":
                # It is gone already. macOS denies permission for a group of ended processes.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()

    def end(self) -> None:
        """Kill the child, and close what leads to it. Nobody uses this sandbox any more."""
        self.kill()
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # what it still holds has no reader
            self._process.stdin.close()
        self._log_pipe.close()
        self._response_pipe.close()

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        # A child that has ended is found when its response is waited for.
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()

    def _wait(self, timeout_sec: float) -> Response:
        response = self._next_response(timeout_sec)
        if response.failure:
            self.kill()
        self._log_pipe.drain()
        return response

    def _next_response(self, timeout_sec: float) -> Response:
        deadline = time.monotonic() + timeout_sec
        while True:
            self.peak_bytes = max(self.peak_bytes, _peak_bytes(self._process.pid))
            if self.peak_bytes > self._memory_bytes:
                return _OUT_OF_MEMORY
            remaining = deadline - time.monotonic()
            with contextlib.suppress(queue.Empty):
                line = self._responses.get(timeout=max(0.0, min(remaining, _POLL_SEC)))
                return self._parse(line)
            if remaining <= 0:
                return _failed(
                    "Sandbox.Timedout", f"Task timed out after {timeout_sec:.2f} seconds"
                )
            if self._process.poll() is not None:
                # It may have responded first.
                self._response_pipe.drain()
                if self._responses.empty():
                    return _ended(self._process.returncode)

    def _parse(self, line: bytes) -> Response:
        try:
            message: dict[str, Any] = json.loads(line)
        except ValueError:  # it ended in the middle of the line
            return _ended(self._process.wait())
        self.peak_bytes = max(self.peak_bytes, message["peak_bytes"])
        if self.peak_bytes > self._memory_bytes:
            return _OUT_OF_MEMORY
        return Response(result=message.get("result"), error=message.get("error"))

    def _receive_log(self, line: bytes) -> None:
        message = line.decode("utf-8", "replace").replace("\0", "\n")
        self._lines.put(LogLine(time.time_ns() // 1_000_000, message))


def _failed(error_type: str, reason: str) -> Response:
    return Response(failure=Failure(error_type, reason))


_OUT_OF_MEMORY = _failed("Runtime.OutOfMemory", "Runtime exited with error: signal: killed")


def _ended(code: int) -> Response:
    if code == 0:
        return _failed("Runtime.ExitError", "Runtime exited without providing a reason")
    if code > 0:
        return _failed("Runtime.ExitError", f"Runtime exited with error: exit status {code}")
    name = (signal.strsignal(-code) or f"signal {-code}").lower()
    return _failed("Runtime.ExitError", f"Runtime exited with error: signal: {name}")


def _peak_bytes(pid: int) -> int:
    """Return the most memory that a process ever held, 0 where the platform does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0
