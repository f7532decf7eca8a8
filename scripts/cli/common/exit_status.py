"""What all commands do alike: read numbers, speak beside their output, end."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import NoReturn

INTERRUPTED = 130
BROKEN_PIPE = 141


def whole_number(smallest: int = 1, largest: int | None = None) -> Callable[[str], int]:
    """Return what reads an argument that must be a whole number in these limits."""
    limits = f"of at least {smallest}" if largest is None else f"from {smallest} to {largest}"

    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else -1
        if number < smallest or (largest is not None and number > largest):
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number {limits}")
        return number

    return read


def say(text: str) -> None:
    """Write a line for the person at the terminal, apart from the command's output."""
    print(text, file=sys.stderr, flush=True)


def interrupt(number: int, frame: object) -> NoReturn:
    """Handle a signal as Ctrl-C is handled."""
    raise KeyboardInterrupt


def leave(code: int) -> NoReturn:
    """End the process with `code`, and without a word if nobody reads its output any more."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = BROKEN_PIPE
    sys.exit(code)
