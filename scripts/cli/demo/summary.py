"""The output of a demo after its periods: legend, messages and state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

from rich.text import Text

from diva.state import Record
from diva.stores import StoreError

from ..common import state_table
from ..common.output import Output
from ..common.state_location import StateLocation
from ..common.text import printable
from .periods import Message
from .title import show_title


class StateHistory:
    """The state of the events: the final one, and the last one with a failing, alerted event."""

    def __init__(self, location: StateLocation) -> None:
        self._location = location
        self._while_failing: tuple[int, Mapping[str, Record]] | None = None

    def record(self, period: int) -> None:
        """Read the state after `period`, and keep it if an alerted event is failing."""
        try:
            records = self._location.records()
        except StoreError:
            return
        if any(each["alerted"] and not each["healthy"] for each in records.values()):
            self._while_failing = (period, records)

    def show(self, output: Output) -> None:
        """Print both states, or only the final one if they are equal."""
        now = datetime.now(timezone.utc)
        try:
            at_end = self._location.records()
        except StoreError as error:
            at_end = {}
            place = str(error)
        else:
            place = self._location.name
        if self._while_failing and self._while_failing[1] != at_end:
            period, records = self._while_failing
            show_title(output, f"State after period {period}")
            state_table.show(records, output, now)
        show_title(output, "Final state")
        if at_end:
            state_table.show(at_end, output, now)
        else:
            output.line("none")
        output.below(Text(place, style="dim"), 0)


def write_report(output: Output, location: StateLocation, file: Path) -> None:
    """Write the page about the final state to `file`. Raises ReportError."""
    from ..common.report_page import page  # imported late, as most demos have no use for it

    try:
        records = location.records()
    except StoreError:
        records = {}
    page.write(file, page.render(records, location.name, datetime.now(timezone.utc)))
    output.line(f"\nWrote a report of these events to {file}.")


def show_legend(output: Output, meanings: Sequence[tuple[str, str]]) -> None:
    """Print the meanings of the statuses in the table."""
    if not meanings:
        return
    output.line("")
    width = max(len(word) for word, _ in meanings)
    for word, meaning in meanings:
        output.below(Text(f"{word:{width}}  {meaning}", style="dim"), 0)


def show_messages(output: Output, title: str, messages: Sequence[Message]) -> None:
    """Print the messages that have arrived."""
    show_title(output, title)
    if not messages:
        output.line("none")
    for message in messages:
        lead = f"period {message.period}  "
        output.below(Text.assemble((lead, "dim"), (printable(message.subject), "bold")), 0)
        for line in message.text.splitlines():
            if line:
                output.below(Text(printable(line)), len(lead))
