"""The exit status of a command."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NoReturn

from .stderr import print_stderr

INTERRUPTED = 130
BROKEN_PIPE = 141


def run_command(
    name: str,
    command: Callable[[], int],
    errors: tuple[type[Exception], ...],
    interrupted: str = "Interrupted.",
) -> int:
    """Run `command` and return the exit status.

    Prints one of `errors` as a line that begins with `name`, and `interrupted` after Ctrl-C.
    """
    try:
        return command()
    except errors as error:
        print_stderr(f"{name}: {error}")
        return 1
    except KeyboardInterrupt:
        print_stderr(interrupted)
        return INTERRUPTED
    except BrokenPipeError:
        return BROKEN_PIPE


def exit_with(status: int) -> NoReturn:
    """End the process; silently, if its output has no reader any more."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = BROKEN_PIPE
    sys.exit(status)
