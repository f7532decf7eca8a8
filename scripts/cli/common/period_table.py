"""A table with a row for each period, printed as the period ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from .event_status import Status
from .output import GAP, Output, total
from .text import printable, shortened, wrapped

NARROWEST = 14
"""The least width of an event's column. With less room, all events share one column."""
COUNT = 7
ROWS_PER_HEADING = 20
NAMES_PER_STATUS = 12
LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class _Layout:
    """The columns of `events`: one of `width` each, or a shared one of `width` for all of them."""

    events: tuple[str, ...]
    width: int
    is_shared: bool


class PeriodTable:
    """A table with a row for each period and a column for each event.

    If there is no room for all columns, the events share one, which lists those that are not
    simply ok. In a pipe, each event is a line with its status as the engine returns it. The
    events may change from row to row, and so may the width of the terminal.
    """

    def __init__(self, output: Output, lead: Mapping[str, int]) -> None:
        """`lead` maps the headings of the leading columns to their widths."""
        self._output = output
        self._lead = dict(lead)
        self._indent = total(list(lead.values())) + GAP
        self._layout: _Layout | None = None
        self._rows_below_heading = 0
        self._name_width = 0

    def add(self, lead: Sequence[str], statuses: Mapping[str, str]) -> None:
        """Print a period: its leading columns and the status of each event."""
        if not self._output.is_terminal:
            names = [shortened(name, LONGEST_NAME) for name in statuses]
            self._name_width = max(map(cell_len, names), default=0)
            if not names:
                self._plain(lead, "", "no events")
            for name, status in zip(names, statuses.values(), strict=True):
                self._plain(lead, name, status)
            return
        layout = self._lay_out(tuple(statuses))
        if layout != self._layout or self._rows_below_heading == ROWS_PER_HEADING:
            self._print_heading(layout)
        shown = {name: Status(status) for name, status in statuses.items()}
        cells = _shared(shown) if layout.is_shared else [each.cell() for each in shown.values()]
        self._output.row(self._widths(layout), [*lead, *cells])
        self._rows_below_heading += 1

    def add_message(
        self, lead: Sequence[str], event: str, what: str, text: str, style: str
    ) -> None:
        """Print a message about an event below the row of its period, preceded by `what` it is."""
        text = printable(text)
        if self._output.is_terminal:
            self._output.below(Text.assemble((f"{what}: ", style), text), self._indent)
        else:
            self._plain(lead, shortened(event, LONGEST_NAME), f"{what}: {text}")

    def _plain(self, lead: Sequence[str], name: str, text: str) -> None:
        self._output.row([*self._lead.values(), self._name_width, 0], [*lead, name, text])

    def _lay_out(self, events: tuple[str, ...]) -> _Layout:
        room = self._output.width - self._indent
        each = room // len(events) - GAP if events else 0
        if each < NARROWEST:
            return _Layout(events, max(NARROWEST, room - COUNT - 2 * GAP), is_shared=True)
        longest = max(cell_len(printable(name)) for name in events)
        return _Layout(events, min(each, max(NARROWEST, longest)), is_shared=False)

    def _widths(self, layout: _Layout) -> list[int]:
        lead = list(self._lead.values())
        if layout.is_shared:
            return [*lead, COUNT, layout.width]
        return lead + [layout.width] * len(layout.events)

    def _print_heading(self, layout: _Layout) -> None:
        names = ["ok", f"events that are not simply ok, of {len(layout.events)}"]
        if not layout.is_shared:
            names = [wrapped(name, layout.width) for name in layout.events]
        if self._layout is not None:
            self._output.line("")
        self._output.heading(self._widths(layout), [*self._lead, *names])
        self._layout = layout
        self._rows_below_heading = 0


def _shared(statuses: Mapping[str, Status]) -> list[Text]:
    """Return the number of events that are ok, and the others grouped by status."""
    well = sum(status.is_plain_success for status in statuses.values())
    groups: dict[tuple[int, str], list[str]] = defaultdict(list)
    lines: dict[str, Text] = {}
    for name, status in statuses.items():
        if not status.is_plain_success:
            line = status.line()
            lines[line.plain] = line
            groups[status.rank, line.plain].append(name)
    others = []
    for (_, plain), names in sorted(groups.items()):
        listed = ", ".join(shortened(name, LONGEST_NAME) for name in names[:NAMES_PER_STATUS])
        if len(names) > NAMES_PER_STATUS:
            listed += f" and {len(names) - NAMES_PER_STATUS} more"
        others.append(Text.assemble(lines[plain], ": ", listed))
    count = Text(f"{well}/{len(statuses)}", style="green" if well == len(statuses) else "")
    return [count, Text("\n").join(others)]
