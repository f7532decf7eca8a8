"""Where a figure is measured: functions in processes as Lambda's, and an AWS beside them."""

from __future__ import annotations

import functools
import hashlib
import http.client
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from local_aws.awslambda.executor import Executor
from local_aws.awslambda.function import Function
from local_aws.environ import REGION, for_functions

from ..environment import ROOT
from .aws_server import COUNTS, HOST

MEMORY_MB = 3008
"""Not what a figure runs into: the peak is measured, not forced."""
TIMEOUT_SEC = 900

_SERVER = Path(__file__).with_name("aws_server.py")
_EVENT_LOGIC = b"from cli.benchmark.inside.event_logic import get_events\n"
_PEAK = re.compile(r"Max Memory Used: (\d+) MB")
_HANDLER = "diva.handler.handler"
_INSIDE = "cli.benchmark.inside"


class BenchmarkError(Exception):
    """A figure could not be measured; the text says why."""


class Bench:
    """Functions with DIVA in them, and the AWS that they call. Use `bench` to get one."""

    def __init__(self, executor: Executor, port: int) -> None:
        self._executor = executor
        self._port = port

    def function(
        self,
        inside: str | None = None,
        mode: str = "monolithic",
        log_level: str = "INFO",
        events: int = 1,
        pause_sec: float = 0.0,
        package: bytes | None = None,
    ) -> Function:
        """Return a function of so many events, with DIVA's handler or that one of `inside`."""
        handler = f"{_INSIDE}.{inside}" if inside else _HANDLER
        environment = {
            "DIVA_MODE": mode,
            "DIVA_LOG_LEVEL": log_level,
            "DIVA_STATE_BUCKET": "benchmark",
            "DIVA_STATE_KEY": f"{events}.json",
            "DIVA_STATE_TABLE": "benchmark",
            "EVENTS": str(events),
            "PAUSE_SEC": str(pause_sec),
        }
        package = package or packaged()
        name = f"{handler}-{mode}-{log_level}-{events}"
        return Function(
            arn=name,
            name=name,
            version="$LATEST",
            revision=hashlib.sha256(package).hexdigest(),
            region=REGION,
            runtime=f"python3.{sys.version_info.minor}",
            handler=handler,
            timeout_sec=TIMEOUT_SEC,
            memory_mb=MEMORY_MB,
            environment=environment,
            code=package,
            layers=(),
            log_group=f"/aws/lambda/{name}",
            log_format="Text",
            log_level=None,
        )

    def invoke(self, function: Function, **event: int) -> Any:
        """Invoke `function` and return its answer; only its first process is a cold one."""
        return self._invoke(function, event)[0]

    def invoke_cold(self, function: Function, **event: int) -> Any:
        """Invoke `function` in a new process and return its answer."""
        self._executor.retire(function.arn)
        return self.invoke(function, **event)

    def peak_mb(self, function: Function, **event: int) -> int:
        """Invoke `function` and return the most memory that its process has ever held."""
        log = self._invoke(function, event)[1]
        peak = _PEAK.search(log)
        if not peak or peak[1] == "0":
            raise BenchmarkError("this platform does not tell how much memory a process has held")
        return int(peak[1])

    def calls(self) -> Mapping[str, int]:
        """Return the calls to AWS since the last time, by operation."""
        connection = http.client.HTTPConnection(HOST, self._port)
        with closing(connection):
            connection.request("GET", COUNTS)
            counts: dict[str, int] = json.load(connection.getresponse())
        return counts

    def _invoke(self, function: Function, event: Mapping[str, int]) -> tuple[Any, str]:
        result = self._executor.invoke(function, json.dumps(event))
        answer = json.loads(result.payload)
        if result.function_error:
            told = f"{answer.get('errorType')}: {answer.get('errorMessage')}"
            raise BenchmarkError(f"{function.handler} failed: {told}\n{result.log_tail}".rstrip())
        return answer, result.log_tail


@contextmanager
def bench(delay_sec: float = 0.0) -> Iterator[Bench]:
    """Give a bench whose AWS answers each call after `delay_sec`; nothing of it is left."""
    with (
        tempfile.TemporaryDirectory(prefix="diva-benchmark-", ignore_cleanup_errors=True) as folder,
        _aws(delay_sec) as port,
    ):
        environ = for_functions(f"http://{HOST}:{port}")
        executor = Executor(Path(folder), environ, lambda *_: None)
        try:
            yield Bench(executor, port)
        finally:
            executor.retire_all()


def packaged(**more: bytes) -> bytes:
    """Return the zip of a function: DIVA, what `inside` holds, and `more` files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in sorted({**_sources(), **more}.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


@functools.cache
def _sources() -> Mapping[str, bytes]:
    """Return what is in every package; read once: an edit would mix two versions."""
    own = Path(__file__).parent
    modules = [own.parent / "__init__.py", own.parent / "memory.py", own / "__init__.py"]
    files = {"event_logic.py": _EVENT_LOGIC}
    for folder, paths in (
        (ROOT / "lambda", (ROOT / "lambda").rglob("*.py")),
        (ROOT / "scripts", [*modules, *(own / "inside").glob("*.py")]),
    ):
        files |= {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return files


@contextmanager
def _aws(delay_sec: float) -> Iterator[int]:
    """Give the port of a new process of `aws_server`."""
    with subprocess.Popen(
        [sys.executable, "-I", str(_SERVER), str(delay_sec)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C is for this process, which then ends that one
    ) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                raise BenchmarkError("the process that stands in for AWS did not start")
            yield int(port)
        finally:
            process.kill()
