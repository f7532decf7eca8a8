"""Problems of the events in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..common.stderr import print_stderr
from ..common.text import counted


def print_problems(file: Path, problems: Sequence[str]) -> None:
    print_stderr(f"{file} has {counted(len(problems), 'problem')}:")
    for problem in problems:
        print_stderr(f"  {problem}")
