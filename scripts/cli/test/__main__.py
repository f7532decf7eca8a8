"""`test`: run all checks of the project."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Sequence

from ..common.arguments import ArgumentParser
from ..common.exit_status import run_command
from ..common.interrupts import deferred_interrupts, interrupt_on
from ..common.paths import ROOT
from ..common.terraform import TerraformError, find
from . import child_processes
from .checks import Check, CheckFailed, run_tests, scanner_checks, static_checks

_DESCRIPTION = """\
Run all checks of the project: lint, formats, types, Terraform's own checks, the scanners checkov
and zizmor where they are installed, and the tests. Other arguments are passed to pytest, and then
only pytest runs.
"""
_EPILOG = """\
examples:
  scripts/test
  scripts/test --static
  scripts/test -k alert

exit status:
  0 if all checks pass, 1 otherwise, 130 if interrupted
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the checks and return the exit status."""
    parser = ArgumentParser(
        prog="test", description=_DESCRIPTION, epilog=_EPILOG, allow_abbrev=False
    )
    parser.add_argument("--static", action="store_true", help="run all checks but the tests")
    given, for_pytest = parser.parse_known_args(argv)
    if given.static and for_pytest:
        parser.error(f"--static does not run pytest, unknown arguments: {' '.join(for_pytest)}")
    child_processes.adopt_orphans()
    # A background job ignores SIGINT, and it is to be interrupted nevertheless; under nohup
    # SIGHUP stays ignored.
    interrupt_on(signal.SIGINT, signal.SIGTERM)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        interrupt_on(signal.SIGHUP)
    try:
        return run_command("test", lambda: _run(given.static, for_pytest), (TerraformError,))
    finally:
        with deferred_interrupts():
            child_processes.end_all()


def _run(only_static: bool, for_pytest: Sequence[str]) -> int:
    os.chdir(ROOT)
    terraform = _terraform_is_here()
    checks: list[tuple[str, Check]] = []
    if not for_pytest:
        checks += static_checks(terraform)
        checks += scanner_checks()
    if not only_static:
        checks.append(("tests", lambda: run_tests(terraform, for_pytest)))
    failed = [name for name, check in checks if not _passes(name, check)]
    if failed:
        print(f"Failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def _terraform_is_here() -> bool:
    """Return whether Terraform can be used. Raises TerraformError in CI, where it is required."""
    try:
        find()
    except TerraformError as error:
        if os.environ.get("CI"):
            raise
        print(f"Skipping checks that require Terraform: {error}", flush=True)
        return False
    return True


def _passes(name: str, check: Check) -> bool:
    print(f"── {name}", flush=True)
    began = time.monotonic()
    try:
        check()
    except CheckFailed:
        return False
    except TerraformError as error:
        print(error, flush=True)
        return False
    print(f"   passed in {time.monotonic() - began:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
