"""A Python environment with locked versions, made once and found again.

The commands in this folder's parent start under whatever `python3` a machine has. This
module, which needs the standard library alone, builds the virtual environment their real
work runs in, and keeps it in the user's cache folder under a name that follows from the
lock file, so that a changed lock makes a new environment and an unchanged one costs nothing.
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
    """Run `module` with `arguments` in the environment of `lock`, and exit as it exits.

    The command is started a second time, by the environment's own interpreter. Not by
    `python -m`, which would let files of the current folder stand in for modules.
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
    except KeyboardInterrupt:  # before the command is ready to handle it
        print_stderr("Interrupted.")
        sys.exit(INTERRUPTED)
    command = [str(interpreter), str(Path(sys.argv[0]).resolve()), *arguments]
    environ = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    if os.name != "nt":
        os.execve(command[0], command, environ)
    sys.exit(subprocess.run(command, env=environ, check=False).returncode)


def prepare(lock: Path, options: tuple[str, ...] = ()) -> Path:
    """Return the interpreter of the environment that holds exactly what `lock` lists.

    `options` go to pip as they are. The folder is marked complete last, so that one whose
    making was interrupted is made again.
    """
    # base_prefix: the same inside the environment as where it is made
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
