"""Runs functions in execution environments, which stay warm, and writes their logs."""

import json
import math
import os
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from local_aws.awslambda.archives import Archives, layer_path
from local_aws.awslambda.function import Function, environ_of
from local_aws.awslambda.log_format import JsonFormat, Report, TextFormat, tail
from local_aws.awslambda.sandbox import LogLine, Response, Sandbox

WriteLog = Callable[[Function, str, Sequence[LogLine]], None]
AssumeRole = Callable[[Function], Mapping[str, str]]

# Lambda gives 10 s to import a function. A busy machine may need more for the same.
_INIT_SEC = 120
# What an interpreter needs of the machine to start, to find shared libraries and to connect.
_INHERITED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR") + (
    ("COMSPEC", "PATHEXT", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP") if os.name == "nt" else ()
)


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one invocation: JSON text, `Unhandled` or None, and the end of its log."""

    payload: str
    function_error: str | None
    log_tail: str
    duration_ms: float


@dataclass(frozen=True, slots=True, eq=False)
class _ExecutionEnvironment:
    function: Function
    log_stream: str
    sandbox: Sandbox


class Executor:
    """All execution environments of one embedded AWS."""

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str],
        write_log: WriteLog,
        assume_role: AssumeRole = lambda _: {},
    ) -> None:
        """Unpack code below `folder`. Functions get `environ`, and `write_log` gets their logs.

        `assume_role` returns environment variables with credentials for each new environment.
        """
        self._archives = Archives(folder)
        self._environ = dict(environ)
        self._assume_role = assume_role
        self._write_log = write_log
        self._lock = threading.Lock()
        self._idle: defaultdict[str, list[_ExecutionEnvironment]] = defaultdict(list)
        self._busy: set[_ExecutionEnvironment] = set()
        self._revisions: dict[str, str] = {}
        self._resets = 0

    def invoke(self, function: Function, event: str, request_id: str | None = None) -> Result:
        """Run `function` once with `event` (JSON text), in a warm environment if one is idle."""
        request_id = request_id or str(uuid.uuid4())
        resets = self._resets
        environment = self._take_idle(function)
        init_ms = None
        response = Response()
        if environment is None:
            began = time.monotonic()
            environment = self._start(function, resets)
            response = environment.sandbox.initialise(max(_INIT_SEC, function.timeout_sec))
            init_ms = (time.monotonic() - began) * 1000
        sandbox = environment.sandbox
        log = _Log(function, sandbox.take_log())
        log.add(log.format.start(request_id, function.version))
        began = time.monotonic()
        ready = not response.error and not response.failure
        if ready:
            response = sandbox.invoke(request_id, function.arn, event, function.timeout_sec)
        duration_ms = (time.monotonic() - began) * 1000
        log.lines += sandbox.take_log()
        report = Report(
            request_id,
            duration_ms,
            function.memory_mb,
            min(math.ceil(sandbox.peak_bytes / 2**20), function.memory_mb),
            init_ms,
            response.failure,
            failed=response.error is not None,
        )
        log.add(log.format.end(report))
        self._release(environment, keep=ready and not response.failure)
        self._write_log(function, environment.log_stream, log.in_order())
        return _result(response, request_id, log, duration_ms)

    def retire(self, arn: str) -> None:
        """End the idle environments of the function `arn`, and the busy ones when they respond."""
        with self._lock:
            self._revisions.pop(arn, None)
            idle = self._idle.pop(arn, [])
        for environment in idle:
            environment.sandbox.end()

    def retire_all(self) -> None:
        """End all environments at once, and those that are being started."""
        with self._lock:
            self._resets += 1
            self._revisions.clear()
            idle = [each for environments in self._idle.values() for each in environments]
            self._idle.clear()
            for environment in self._busy:
                environment.sandbox.kill()
        for environment in idle:
            environment.sandbox.end()

    def _take_idle(self, function: Function) -> _ExecutionEnvironment | None:
        """Return a warm environment if one is idle, and end those of other revisions."""
        outdated: list[_ExecutionEnvironment] = []
        with self._lock:
            idle = self._idle[function.arn]
            if self._revisions.get(function.arn) != function.revision:
                self._revisions[function.arn] = function.revision
                outdated, self._idle[function.arn] = idle, []
                taken = None
            else:
                taken = idle.pop() if idle else None
            if taken:
                self._busy.add(taken)
        for environment in outdated:
            environment.sandbox.end()
        return taken

    def _start(self, function: Function, resets: int) -> _ExecutionEnvironment:
        task_root = self._archives.unpack([function.code])
        path = [task_root]
        if function.layers:
            path += layer_path(self._archives.unpack(function.layers))
        today = datetime.now(timezone.utc).strftime("%Y/%m/%d")
        log_stream = f"{today}/[{function.version}]{uuid.uuid4().hex}"
        environ = {
            "LANG": "en_US.UTF-8",
            "PATH": os.environ.get("PATH", os.defpath),
            "TZ": "UTC" if os.name == "nt" else ":UTC",
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            **self._environ,
            **function.environment,
            **self._assume_role(function),
            **environ_of(function, str(task_root), log_stream),
        }
        sandbox = Sandbox(task_root, environ, path, function.memory_mb * 2**20)
        environment = _ExecutionEnvironment(function, log_stream, sandbox)
        with self._lock:
            self._busy.add(environment)
            if self._resets != resets:
                sandbox.kill()
        return environment

    def _release(self, environment: _ExecutionEnvironment, keep: bool) -> None:
        function = environment.function
        with self._lock:
            self._busy.discard(environment)
            keep = keep and self._revisions.get(function.arn) == function.revision
            if keep:
                self._idle[function.arn].append(environment)
        if not keep:
            environment.sandbox.end()


class _Log:
    """The log events of one invocation."""

    def __init__(self, function: Function, lines: list[LogLine]) -> None:
        self.format = JsonFormat if function.log_format == "JSON" else TextFormat
        self.lines = lines

    def add(self, messages: list[str]) -> None:
        """Add lines of Lambda itself."""
        now = time.time_ns() // 1_000_000
        self.lines += [LogLine(now, message) for message in messages]

    def in_order(self) -> list[LogLine]:
        """Return the events in the order in which they arrived, for clocks may be set back."""
        ordered: list[LogLine] = []
        for line in self.lines:
            timestamp = max(line.timestamp, ordered[-1].timestamp if ordered else 0)
            ordered.append(LogLine(timestamp, line.message))
        return ordered


def _result(response: Response, request_id: str, log: _Log, duration_ms: float) -> Result:
    log_tail = tail([line.message for line in log.lines])
    if response.failure:
        error = {
            "errorType": response.failure.error_type,
            "errorMessage": f"RequestId: {request_id} Error: {response.failure.reason}",
        }
        return Result(json.dumps(error), "Unhandled", log_tail, duration_ms)
    if response.error is not None:
        error = {**response.error, "requestId": request_id}
        return Result(json.dumps(error), "Unhandled", log_tail, duration_ms)
    assert response.result is not None
    return Result(response.result, None, log_tail, duration_ms)
