"""Running functions with DIVA as Lambda does, with a stub of AWS."""

from __future__ import annotations

import functools
import hashlib
import http.client
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from local_aws.awslambda.executor import Executor
from local_aws.awslambda.function import Function
from local_aws.environ import REGION, for_functions

from ..common import lambda_timeout
from ..common.interrupts import shielded
from ..common.paths import ROOT
from ..common.temporary_folder import temporary_folder
from .aws_stub import COUNTS, HOST

MEMORY_MB = 3008
"""More than any figure needs: the peak is measured, not limited."""

_STUB = Path(__file__).with_name("aws_stub.py")
_EVENT_LOGIC = b"from cli.benchmark.handlers.event_logic import get_events\n"
_PEAK = re.compile(r"Max Memory Used: (\d+) MB")
_DIVA_HANDLER = "diva.handler.handler"
_HANDLERS = "cli.benchmark.handlers"


class BenchmarkError(Exception):
    """A figure cannot be measured; the text says why."""


class Harness:
    """Functions with DIVA, and the AWS stub that they call. Created by `harness`."""

    def __init__(self, executor: Executor, port: int) -> None:
        self._executor = executor
        self._port = port

    @property
    def endpoint(self) -> str:
        """The URL of the stub."""
        return f"http://{HOST}:{self._port}"

    def function(
        self,
        handler: str | None = None,
        mode: str = "monolithic",
        log_level: str = "INFO",
        events: int = 1,
        pause_sec: float = 0.0,
        package: bytes | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Function:
        """Return a function with `events` events and the given one of `handlers`, or DIVA's own.

        `more` are environment variables besides those of DIVA.
        """
        handler = f"{_HANDLERS}.{handler}" if handler else _DIVA_HANDLER
        environment = {
            "DIVA_MODE": mode,
            "DIVA_LOG_LEVEL": log_level,
            "DIVA_STATE_BUCKET": "benchmark",
            "DIVA_STATE_KEY": f"{events}.json",
            "DIVA_STATE_TABLE": "benchmark",
            "EVENTS": str(events),
            "PAUSE_SEC": str(pause_sec),
            **(more or {}),
        }
        package = package or packaged()
        name = "-".join([handler, mode, log_level, str(events), *(more or {}).values()])
        return Function(
            arn=name,
            name=name,
            version="$LATEST",
            revision=hashlib.sha256(package).hexdigest(),
            region=REGION,
            runtime=f"python3.{sys.version_info.minor}",
            handler=handler,
            timeout_sec=lambda_timeout.LONGEST_SEC,
            memory_mb=MEMORY_MB,
            environment=environment,
            code=package,
            layers=(),
            log_group=f"/aws/lambda/{name}",
            log_format="Text",
            log_level=None,
        )

    def invoke(self, function: Function, **event: int) -> Any:
        """Invoke `function`, in a warm process if there is one, and return its response."""
        return self._invoke(function, event)[0]

    def invoke_cold(self, function: Function, **event: int) -> Any:
        """Invoke `function` in a new process and return its response."""
        self._executor.retire(function.arn)
        return self.invoke(function, **event)

    def peak_mb(self, function: Function, **event: int) -> int:
        """Invoke `function` and return the peak memory of its process."""
        log = self._invoke(function, event)[1]
        peak = _PEAK.search(log)
        if not peak or peak[1] == "0":
            raise BenchmarkError("this platform does not report the peak memory of a process")
        return int(peak[1])

    def calls(self) -> Mapping[str, int]:
        """Return the number of calls to AWS since the last call of this method, by operation."""
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
def harness(delay_sec: float = 0.0) -> Iterator[Harness]:
    """Start a harness whose AWS stub responds after `delay_sec` seconds."""
    with harness_with([sys.executable, "-I", str(_STUB), str(delay_sec)], os.environ) as lambdas:
        yield lambdas


@contextmanager
def harness_with(stub: Sequence[str], environ: Mapping[str, str]) -> Iterator[Harness]:
    """Start a harness with the stub that a command starts, which prints its port."""
    with (
        temporary_folder("diva-benchmark") as folder,
        shielded(_stub(stub, environ)) as port,
        shielded(_executor(folder, f"http://{HOST}:{port}")) as executor,
    ):
        yield Harness(executor, port)


def packaged(**more: bytes) -> bytes:
    """Return the package of a function: DIVA, `handlers`, and `more` files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in sorted({**_sources(), **more}.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


@functools.cache
def _sources() -> Mapping[str, bytes]:
    """Return the files of every package. Read once, so that edits do not mix two versions."""
    own = Path(__file__).parent
    common = own.parent / "common"
    modules = [folder / "__init__.py" for folder in (own.parent, common, own)]
    modules += [common / "memory_store.py"]
    files = {"event_logic.py": _EVENT_LOGIC}
    for folder, paths in (
        (ROOT / "lambda", (ROOT / "lambda").rglob("*.py")),
        (ROOT / "scripts", [*modules, *(own / "handlers").glob("*.py")]),
    ):
        files |= {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    return files


@contextmanager
def _executor(folder: Path, endpoint: str) -> Iterator[Executor]:
    executor = Executor(folder, for_functions(endpoint), lambda *_: None)
    try:
        yield executor
    finally:
        executor.retire_all()


@contextmanager
def _stub(command: Sequence[str], environ: Mapping[str, str]) -> Iterator[int]:
    """Start a stub and return its port."""
    with subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # Ctrl-C interrupts this process only, which ends the stub
    ) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                raise BenchmarkError("the AWS stub did not start")
            yield int(port)
        finally:
            process.kill()
