"""The checks of the project."""

from __future__ import annotations

import functools
import itertools
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..common.interrupts import deferred_interrupts
from ..common.paths import ROOT
from ..common.temporary_folder import temporary_folder
from ..common.terraform import Terraform, working_copy
from ..common.text import shortened
from . import child_processes

PYTHON = ["lambda", "modules/lambda-function", "scripts", "tests"]
# The dependencies of checkov conflict with those of the tests. Its options are in .checkov.yaml.
SCANNERS: dict[str, Sequence[str]] = {
    "checkov": (),
    "zizmor": ("--offline", "--quiet", ".github"),
}
"""The arguments of each scanner, a program that must be installed separately, by its name."""
_COMMAND_WIDTH = 120

Check = Callable[[], None]
"""Raises CheckFailed or TerraformError."""


class CheckFailed(Exception):
    """A check failed and has printed why."""


def static_checks(terraform: bool) -> Iterator[tuple[str, Check]]:
    """Yield all checks but the tests by name; those of Terraform only if `terraform` is set."""
    yield "ruff check", lambda: _check("-m", "ruff", "check", "--quiet", ".")
    yield "ruff format", lambda: _check("-m", "ruff", "format", "--quiet", "--check", ".")
    yield "mypy", lambda: _check("-m", "mypy", *PYTHON)
    if terraform:
        yield "terraform fmt", Terraform(ROOT).check_format
        yield "terraform validate", _validate


def scanner_checks() -> Iterator[tuple[str, Check]]:
    """Yield the scanners that are installed by name, and print which ones are not."""
    for name, arguments in SCANNERS.items():
        program = shutil.which(name)
        if program:
            yield name, functools.partial(_scan, [program, *arguments])
        else:
            print(f"Skipping {name}, which is not installed: pipx install {name}", flush=True)


def run_tests(terraform: bool, arguments: Sequence[str]) -> None:
    """Run pytest with `arguments`, or all tests in parallel without. Raises CheckFailed."""
    without = [] if terraform else ["--ignore=tests/terraform"]
    # More workers than cores: tests spend half of their time waiting for Terraform's provider.
    workers = min(8, 2 * (os.cpu_count() or 1))
    spread = [f"--numprocesses={workers}", "--dist=loadfile", "--no-loadscope-reorder"]
    if arguments:
        spread = []
    status = _run("-m", "pytest", *without, *spread, *arguments)
    left_behind = child_processes.left_behind()
    if left_behind:
        print("The tests left processes running, which have now been ended:")
        for each in left_behind:
            print(f"  {each.pid}  {shortened(each.command, _COMMAND_WIDTH)}", flush=True)
        child_processes.end_all()
    if status or left_behind:
        raise CheckFailed


def _validate() -> None:
    """Validate all modules, in a copy of the project."""
    with temporary_folder("diva-test") as folder:
        project = working_copy(folder / "project")
        modules = iter(sorted({file.parent for file in project.rglob("versions.tf")}))
        while batch := list(itertools.islice(modules, os.cpu_count() or 1)):
            with deferred_interrupts(), ThreadPoolExecutor() as pool:
                list(pool.map(_validate_module, batch))


def _validate_module(module: Path) -> None:
    terraform = Terraform(module)
    terraform.init()
    terraform.validate()


def _scan(command: Sequence[str]) -> None:
    if child_processes.run(command):
        raise CheckFailed


def _check(*arguments: str) -> None:
    if _run(*arguments):
        raise CheckFailed


def _run(*arguments: str) -> int:
    return child_processes.run([sys.executable, *arguments])
