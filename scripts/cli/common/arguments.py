"""Parsing the arguments of a command."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any


class ArgumentParser(argparse.ArgumentParser):
    """A parser that prints its description and epilog as they are written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, **options)


def whole_number(smallest: int = 1, largest: int | None = None) -> Callable[[str], int]:
    """Return a type for arguments that must be a whole number within these limits."""
    limits = f"{smallest} or greater" if largest is None else f"from {smallest} to {largest}"

    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() else -1
        if number < smallest or (largest is not None and number > largest):
            raise argparse.ArgumentTypeError(f"must be a whole number, {limits}; got {text!r}")
        return number

    return read


def output_file(text: str) -> Path:
    """Return the path of a file to write at the end, if it can be in its folder."""
    file = Path(text)
    if file.is_dir() or not file.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{file} cannot be written")  # not minutes later
    return file
