"""`diva`: write, check and run event logic; show or reset the state of a deployment."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from diva.logic import InvalidEventLogic
from diva.stores import StoreError

from ..common.exit_status import BROKEN_PIPE, INTERRUPTED, run_command
from ..common.output import Output
from ..common.report_page.error import ReportError
from . import arguments
from .history import history
from .new import new
from .policy import policy
from .report import report
from .reset import reset
from .run import run
from .status import status
from .validate import validate

_COMMANDS = {
    "new": new,
    "validate": validate,
    "policy": policy,
    "run": run,
    "status": status,
    "history": history,
    "report": report,
    "reset": reset,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = arguments.parse(argv)
    return run_command(
        "diva",
        lambda: _COMMANDS[given.command](given, Output()),
        (InvalidEventLogic, ReportError, StoreError),
    )


def _leave() -> NoReturn:
    """Run `main` and end the process, even if callbacks have left threads running."""
    try:
        try:
            status = main()
        except SystemExit as end:  # help, or wrong usage
            status = end.code if isinstance(end.code, int) else 1
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        status = BROKEN_PIPE
    except KeyboardInterrupt:
        status = INTERRUPTED
    os._exit(status)


if __name__ == "__main__":
    _leave()
