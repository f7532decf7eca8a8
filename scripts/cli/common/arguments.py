"""What the command lines of the commands have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any


class ArgumentParser(argparse.ArgumentParser):
    """A parser whose description and epilog are printed as they are written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **options)


def whole_number(smallest: int = 1, largest: int | None = None) -> Callable[[str], int]:
    """Return what reads an argument that must be a whole number in these limits."""
    limits = f"{smallest} or greater" if largest is None else f"from {smallest} to {largest}"

    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else -1
        if number < smallest or (largest is not None and number > largest):
            raise argparse.ArgumentTypeError(f"must be a whole number, {limits}; got {text!r}")
        return number

    return read
