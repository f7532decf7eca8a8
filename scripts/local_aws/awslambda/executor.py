"""Runs functions: keeps execution environments warm and reports each invocation to its log."""

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

from local_aws.awslambda.function import Function, environ_of
from local_aws.awslambda.log_format import JsonFormat, Report, TextFormat, tail
from local_aws.awslambda.sandbox import Answer, LogLine, Sandbox
from local_aws.awslambda.unpacking import Unpacked, layer_path

WriteLog = Callable[[Function, str, Sequence[LogLine]], None]
AssumeRole = Callable[[Function], Mapping[str, str]]

_INIT_SEC = 10
# What an interpreter needs of the machine to start, to find shared libraries and to connect.
_INHERITED = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR") + (
    ("COMSPEC", "PATHEXT", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP") if os.name == "nt" else ()
)


@dataclass(frozen=True, slots=True)
class Result:
    """What one invocation answered: JSON text, `Unhandled` or None, and the end of its log."""

    payload: str
    function_error: str | None
    log_tail: str
    duration_ms: float


@dataclass(frozen=True, slots=True, eq=False)
class _Environment:
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
        """Unpack below `folder`; functions see `environ`, and their logs go to `write_log`.

        `assume_role` gives each environment that starts credentials of its own, as variables.
        """
        self._unpacked = Unpacked(folder)
        self._environ = dict(environ)
        self._assume_role = assume_role
        self._write_log = write_log
        self._lock = threading.Lock()
        self._idle: defaultdict[str, list[_Environment]] = defaultdict(list)
        self._busy: set[_Environment] = set()
        self._current: dict[str, str] = {}

    def invoke(self, function: Function, event: str, request_id: str | None = None) -> Result:
        """Run `function` once with `event` (JSON text), in a warm environment if one is free."""
        request_id = request_id or str(uuid.uuid4())
        environment = self._take(function)
        init_ms = None
        answer = Answer()
        if environment is None:
            began = time.monotonic()
            environment = self._start(function)
            limit = max(_INIT_SEC, function.timeout_sec)
            answer = environment.sandbox.initialise(limit)
            init_ms = (time.monotonic() - began) * 1000
        sandbox = environment.sandbox
        log = _Log(function, sandbox.take_log())
        log.system(log.format.start(request_id, function.version))
        began = time.monotonic()
        ready = not answer.error and not answer.failure
        if ready:
            answer = sandbox.invoke(request_id, function.arn, event, function.timeout_sec)
        duration_ms = (time.monotonic() - began) * 1000
        log.lines += sandbox.take_log()
        report = Report(
            request_id,
            duration_ms,
            function.memory_mb,
            min(math.ceil(sandbox.peak_bytes / 2**20), function.memory_mb),
            init_ms,
            answer.failure,
            failed=answer.error is not None,
        )
        log.system(log.format.end(report))
        self._release(environment, keep=ready and not answer.failure)
        self._write_log(function, environment.log_stream, log.in_order())
        return _result(answer, request_id, log, duration_ms)

    def retire(self, arn: str) -> None:
        """End the idle environments of the function `arn`, and the busy ones once they answer."""
        with self._lock:
            self._current.pop(arn, None)
            idle = self._idle.pop(arn, [])
        for environment in idle:
            environment.sandbox.end()

    def retire_all(self) -> None:
        """End all environments, at once."""
        with self._lock:
            ending = [*self._busy, *(each for idle in self._idle.values() for each in idle)]
            self._idle.clear()
            self._current.clear()
        for environment in ending:
            environment.sandbox.end()

    def _take(self, function: Function) -> _Environment | None:
        outdated: list[_Environment] = []
        with self._lock:
            idle = self._idle[function.arn]
            if self._current.get(function.arn) != function.revision:
                self._current[function.arn] = function.revision
                outdated, self._idle[function.arn] = idle, []
                taken = None
            else:
                taken = idle.pop() if idle else None
            if taken:
                self._busy.add(taken)
        for environment in outdated:
            environment.sandbox.end()
        return taken

    def _start(self, function: Function) -> _Environment:
        task_root = self._unpacked.folder_of([function.code])
        path = [task_root]
        if function.layers:
            path += layer_path(self._unpacked.folder_of(function.layers))
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
        environment = _Environment(function, log_stream, sandbox)
        with self._lock:
            self._busy.add(environment)
        return environment

    def _release(self, environment: _Environment, keep: bool) -> None:
        function = environment.function
        with self._lock:
            self._busy.discard(environment)
            keep = keep and self._current.get(function.arn) == function.revision
            if keep:
                self._idle[function.arn].append(environment)
        if not keep:
            environment.sandbox.end()


class _Log:
    """The log events of one invocation."""

    def __init__(self, function: Function, lines: list[LogLine]) -> None:
        self.format = JsonFormat if function.log_format == "JSON" else TextFormat
        self.lines = lines

    def system(self, messages: list[str]) -> None:
        now = time.time_ns() // 1_000_000
        self.lines += [LogLine(now, message) for message in messages]

    def in_order(self) -> list[LogLine]:
        """Return the events; the order they arrived in decides, for clocks may step back."""
        ordered: list[LogLine] = []
        for line in self.lines:
            timestamp = max(line.timestamp, ordered[-1].timestamp if ordered else 0)
            ordered.append(LogLine(timestamp, line.message))
        return ordered


def _result(answer: Answer, request_id: str, log: _Log, duration_ms: float) -> Result:
    log_tail = tail([line.message for line in log.lines])
    if answer.failure:
        told = {
            "errorType": answer.failure.error_type,
            "errorMessage": f"RequestId: {request_id} Error: {answer.failure.reason}",
        }
        return Result(json.dumps(told), "Unhandled", log_tail, duration_ms)
    if answer.error is not None:
        told = {**answer.error, "requestId": request_id}
        return Result(json.dumps(told), "Unhandled", log_tail, duration_ms)
    assert answer.result is not None
    return Result(answer.result, None, log_tail, duration_ms)
