"""Standard error, for messages that are not part of a command's output."""

from __future__ import annotations

import sys


def print_stderr(text: str) -> None:
    """Print a line to standard error, unbuffered."""
    print(text, file=sys.stderr, flush=True)
