"""Standard error: what a command says beside its output."""

from __future__ import annotations

import sys


def print_stderr(text: str) -> None:
    """Print a line at once, for the person at the terminal."""
    print(text, file=sys.stderr, flush=True)
