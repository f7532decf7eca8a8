"""A table with a column for each monitor, and a row for each run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from rich.text import Text

from ...common.output import GAP, Output

_LEAD = {"day": 3, "schedule": 8}
_INDENT = _LEAD["day"] + GAP


class Outcome(Enum):
    """What a run did for a monitor, in the words of the table."""

    NOTHING = "·"
    DIGESTED = "digested"
    RETRIED = "retried"
    SKIPPED = "skipped"
    FAILED = "failed"
    PURGED = "purged"


_MEANINGS = {
    Outcome.DIGESTED: "the backend has accepted the request for the digest",
    Outcome.RETRIED: "the same, after requests that failed",
    Outcome.SKIPPED: "the digest of this day or week has been triggered before",
    Outcome.FAILED: "the backend has accepted none of the requests",
    Outcome.PURGED: "deleted more than 30 days ago, and removed from the database",
    Outcome.NOTHING: "deleted, or of another frequency",
}

_STYLES = {
    Outcome.NOTHING: "dim",
    Outcome.DIGESTED: "green",
    Outcome.RETRIED: "yellow",
    Outcome.SKIPPED: "cyan",
    Outcome.FAILED: "bold red",
    Outcome.PURGED: "magenta",
}
_WIDTH = max(len(each.value) for each in Outcome)


class WeekTable:
    """Prints what each run did for each monitor."""

    def __init__(self, output: Output, names: Sequence[str]) -> None:
        self._output = output
        self._names = names
        self._widths = [*_LEAD.values(), *(max(_WIDTH, len(name)) for name in names)]

    def show_heading(self) -> None:
        self._output.heading(self._widths, [*_LEAD, *self._names])

    def show_scene(self, text: str) -> None:
        """Print what happens next."""
        self._output.line("")
        self._output.below(Text(text, style="bold"), _INDENT)

    def add(self, day: str, schedule: str, outcomes: Mapping[str, Outcome]) -> None:
        """Print what a run did. Monitors that are no longer there have no outcome."""
        cells = [
            Text(outcomes[name].value, style=_STYLES[outcomes[name]]) if name in outcomes else ""
            for name in self._names
        ]
        self._output.row(self._widths, [day, schedule, *cells])

    def show_legend(self) -> None:
        """Print what the words of the table mean."""
        self._output.line("")
        for outcome, meaning in _MEANINGS.items():
            self._output.below(Text(f"{outcome.value:{_WIDTH}}  {meaning}", style="dim"), 0)
