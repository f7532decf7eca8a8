"""What a command does before and after its main output: a list of steps with their durations."""

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
    """How a step is going; `note` stands beside it and may change."""

    def __init__(self, text: str) -> None:
        self.note = ""
        self.text = text
        self._began = time.monotonic()

    def line(self) -> str:
        """Return what is known of it: text, note and duration so far."""
        sec = time.monotonic() - self._began
        return f"{self.text:{_TEXT_WIDTH}} {self.note:{_NOTE_WIDTH}} {sec:5.1f} s"


@contextmanager
def step(output: Output, text: str) -> Iterator[Progress]:
    """Show a step while it is under way, and keep its line if it succeeds.

    Elsewhere than on a terminal the line is begun with the step and completed with it.
    """
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
    """Counts what Terraform has made or removed, from the lines it prints."""

    def __init__(self) -> None:
        self._planned = 0
        self._done = 0

    def read(self, line: str) -> str:
        """Take a line in; return how far Terraform is, empty before it has a plan."""
        if planned := _PLANNED.search(line):
            self._planned = int(planned[1]) + int(planned[2])
        self._done += bool(_DONE.search(line))
        if not self._planned:
            return ""
        of = f"{self._done} of " if self._done < self._planned else ""
        return f"{of}{self._planned} resources"
