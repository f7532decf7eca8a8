"""The progress of a command: its steps and their durations."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.text import Text

from ..common.output import Output

_TEXT_WIDTH = 36
_NOTE_WIDTH = 20
_PLANNED = re.compile(r"Plan: (\d+) to add, \d+ to change, (\d+) to destroy")
_DONE = re.compile(r": (?:Creation|Destruction) complete after ")


class Progress:
    """The progress of a step; `note` is printed beside it and may change."""

    def __init__(self, text: str) -> None:
        self.note = ""
        self.text = text
        self._began = time.monotonic()

    def line(self) -> str:
        """Return text, note and the duration so far."""
        sec = time.monotonic() - self._began
        return f"{self.text:{_TEXT_WIDTH}} {self.note:{_NOTE_WIDTH}} {sec:5.1f} s"


@contextmanager
def step(output: Output, text: str) -> Iterator[Progress]:
    """Print a step: on a terminal with live progress, in a pipe when it begins and ends."""
    this = Progress(text)
    if output.is_terminal:
        with output.busy(this.line):
            yield this
        output.below(Text.assemble(("✓ ", "green"), this.line()), 0)
        return
    print(f"{text} ...", end=" ", flush=True)
    try:
        yield this
    except BaseException:
        print(flush=True)
        raise
    print(" ".join(this.line().removeprefix(text).split()), flush=True)


class ResourceCount:
    """Counts created and destroyed resources in the output of Terraform."""

    def __init__(self) -> None:
        self._planned = 0
        self._done = 0

    def read(self, line: str) -> str:
        """Read a line of output. Returns the progress, empty until Terraform has a plan."""
        if planned := _PLANNED.search(line):
            self._planned = int(planned[1]) + int(planned[2])
        self._done += bool(_DONE.search(line))
        if not self._planned:
            return ""
        of = f"{self._done} of " if self._done < self._planned else ""
        return f"{of}{self._planned} resources"
