"""The checks of the project, by name and in their order."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence

from ..common.interrupts import deferred_interrupts
from ..common.paths import ROOT
from ..common.temporary_folder import temporary_folder
from ..common.terraform import Terraform, working_copy
from ..common.text import shortened
from . import child_processes

PYTHON = ["lambda", "modules/lambda-function", "scripts", "tests"]
_COMMAND_WIDTH = 120

Check = Callable[[], None]
"""Raises CheckFailed or TerraformError."""


class CheckFailed(Exception):
    """A check found something; it has said what."""


def static_checks(terraform: bool) -> Iterator[tuple[str, Check]]:
    """Yield what needs no AWS; `terraform` says whether there is Terraform."""
    yield "ruff check", lambda: _check("-m", "ruff", "check", "--quiet", ".")
    yield "ruff format", lambda: _check("-m", "ruff", "format", "--quiet", "--check", ".")
    yield "mypy", lambda: _check("-m", "mypy", *PYTHON)
    if terraform:
        yield "terraform fmt", Terraform(ROOT).check_format
        yield "terraform validate", _validate


def run_tests(terraform: bool, arguments: Sequence[str]) -> None:
    """Run pytest, with `arguments` or else all tests. Raises CheckFailed."""
    without = [] if terraform else ["--ignore=tests/terraform"]
    # More than there are cores: half of the time goes into waiting for Terraform's provider.
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
    """Validate every folder that is a module, in a copy that leaves nothing behind here."""
    with temporary_folder("diva-test") as folder:
        project = working_copy(folder / "project")
        for module in sorted({file.parent for file in project.rglob("versions.tf")}):
            terraform = Terraform(module)
            with deferred_interrupts():
                terraform.init()
                terraform.validate()


def _check(*arguments: str) -> None:
    if _run(*arguments):
        raise CheckFailed


def _run(*arguments: str) -> int:
    return child_processes.run([sys.executable, *arguments])
