"""`scripts/test`: every check of the project, in one command."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ..common.arguments import ArgumentParser
from ..common.paths import ROOT
from ..common.terraform import Terraform, TerraformError, find, working_copy

PYTHON = ["lambda", "modules/lambda-function", "scripts", "tests"]
EXAMPLES = "Other arguments go to pytest, and then only pytest runs: scripts/test -k alert"


class CheckFailed(Exception):
    """A check found something; it has said what."""


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(prog="scripts/test", description="Check everything.", epilog=EXAMPLES)
    parser.add_argument(
        "--static", action="store_true", help="only lint, types, terraform fmt and validate"
    )
    options, for_pytest = parser.parse_known_args(arguments)
    os.chdir(ROOT)
    terraform = _terraform_is_here()
    checks = [] if for_pytest else list(_static_checks(terraform))
    if not options.static:
        checks.append(("tests", lambda: _pytest(terraform, for_pytest)))
    failed = [name for name, check in checks if not _passes(name, check)]
    if failed:
        print(f"Failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def _static_checks(terraform: bool) -> Iterator[tuple[str, Callable[[], None]]]:
    yield "ruff check", lambda: _run("-m", "ruff", "check", "--quiet", ".")
    yield "ruff format", lambda: _run("-m", "ruff", "format", "--quiet", "--check", ".")
    yield "mypy", lambda: _run("-m", "mypy", *PYTHON)
    if terraform:
        yield "terraform fmt", Terraform(ROOT).check_format
        yield "terraform validate", _validate


def _validate() -> None:
    """Validate every folder that is a module, in a copy that leaves nothing behind here."""
    with tempfile.TemporaryDirectory() as folder:
        project = working_copy(Path(folder) / "project")
        for module in sorted({file.parent for file in project.rglob("versions.tf")}):
            terraform = Terraform(module)
            terraform.init()
            terraform.validate()


def _pytest(terraform: bool, arguments: list[str]) -> None:
    without = [] if terraform else ["--ignore=tests/terraform"]
    # More than there are cores: half of the time goes into waiting for Terraform's provider.
    workers = min(8, 2 * (os.cpu_count() or 1))
    spread = [f"--numprocesses={workers}", "--dist=loadfile", "--no-loadscope-reorder"]
    if arguments:
        spread = []
    _run("-m", "pytest", *without, *spread, *arguments)


def _terraform_is_here() -> bool:
    """Whether Terraform can be used; in CI it has to be."""
    try:
        find()
    except TerraformError as error:
        if os.environ.get("CI"):
            raise SystemExit(f"scripts/test: {error}") from error
        print(f"SKIPPED what needs Terraform: {error}", flush=True)
        return False
    return True


def _run(*arguments: str) -> None:
    if subprocess.run([sys.executable, *arguments], check=False).returncode:
        raise CheckFailed


def _passes(name: str, check: Callable[[], None]) -> bool:
    print(f"── {name}", flush=True)
    begun = time.monotonic()
    try:
        check()
    except CheckFailed:
        return False
    except TerraformError as error:
        print(error, flush=True)
        return False
    print(f"   passed in {time.monotonic() - begun:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
