"""Virtual environments with locked versions, created once and reused.

The commands start with any `python3` of the machine. This module, which needs the standard
library alone, creates the virtual environment that they run in. The environment is kept in the
cache folder under a name derived from the lock file, so that a changed lock file results in a
new environment.
"""

from __future__ import annotations

import hashlib
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from .exit_status import INTERRUPTED
from .file_lock import locked
from .paths import ROOT, cache_home
from .stderr import print_stderr

OLDEST_PYTHON = (3, 10)


def run(module: str, lock: Path, arguments: Sequence[str]) -> NoReturn:
    """Run `module` with `arguments` in the environment of `lock`, and exit with its status.

    The command is started again with the interpreter of the environment. `python -m` would
    import modules from the current folder.
    """
    if sys.version_info < OLDEST_PYTHON:
        needed, found = (".".join(map(str, each[:2])) for each in (OLDEST_PYTHON, sys.version_info))
        _stop(f"Python {needed} or later is required, but {sys.executable} is Python {found}.")
    try:
        interpreter = prepare(lock)
        if Path(sys.prefix).resolve() == interpreter.parents[1].resolve():
            sys.path.insert(1, str(ROOT / "lambda"))
            runpy.run_module(module, run_name="__main__")
            sys.exit()
    except KeyboardInterrupt:  # while modules are imported, for example
        print_stderr("Interrupted.")
        sys.exit(INTERRUPTED)
    command = [str(interpreter), str(Path(sys.argv[0]).resolve()), *arguments]
    environ = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    if os.name != "nt":
        os.execve(command[0], command, environ)
    sys.exit(subprocess.run(command, env=environ, check=False).returncode)


def prepare(lock: Path, options: tuple[str, ...] = ()) -> Path:
    """Return the interpreter of the environment with the packages that `lock` lists.

    `options` are passed to pip. An environment that is incomplete is created again.
    """
    # base_prefix is the same inside and outside of a virtual environment.
    content = lock.read_bytes() + repr((sys.version_info[:3], sys.base_prefix, options)).encode()
    folder = cache_home() / f"environment-{hashlib.sha256(content).hexdigest()[:16]}"
    interpreter = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    complete = folder / "complete"
    if complete.exists():
        return interpreter
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_suffix(".lock")):
        if not complete.exists():
            print_stderr("Creating the Python environment (on the first run only) ...")
            shutil.rmtree(folder, ignore_errors=True)
            _make(folder, interpreter, lock, options)
            complete.touch()
    return interpreter


def _make(folder: Path, interpreter: Path, lock: Path, options: tuple[str, ...]) -> None:
    made = _quietly([sys.executable, "-m", "venv", str(folder)])
    if made.returncode:
        _stop(
            f"{sys.executable} cannot create virtual environments. On Debian and Ubuntu, install "
            f"them with: apt install python3-venv\n{made.stdout.strip()}"
        )
    install = [str(interpreter), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    installed = _quietly([*install, "--require-hashes", *options, "-r", str(lock)])
    if installed.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        _stop(f"The packages in {lock} could not be installed:\n{installed.stdout.strip()}")


def _quietly(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )


def _stop(text: str) -> NoReturn:
    print_stderr(text)
    sys.exit(1)
