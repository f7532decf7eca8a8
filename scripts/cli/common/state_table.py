"""A table of the stored state of events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from rich.cells import cell_len
from rich.text import Text

from diva.state import InvalidState, Record, State, from_record

from .output import GAP, Output, total
from .state_text import details, health
from .text import printable, shortened, wrapped

_COLUMNS = {
    "health": 8,
    "failed detect": 7,
    "failed inject": 7,
    "failing since": 16,
    "alerted (UTC)": 16,
}
_STYLES = {"healthy": "green", "failing": "bold red", "warmup": "yellow", "invalid": "bold red"}
NARROWEST_NAME = 12
LONGEST_NAME = 60
INDENT = 4


def show(records: Mapping[str, Record], output: Output, now: datetime) -> None:
    """Print a row for each event, and details below it."""
    longest = max((cell_len(printable(name)) for name in records), default=0)
    width = min(LONGEST_NAME, max(len("event"), longest))
    columns = list(_COLUMNS.values())
    if output.is_terminal:
        width = min(width, max(NARROWEST_NAME, output.width - total(columns) - GAP))
    else:
        columns = [max(len(heading), each) for heading, each in _COLUMNS.items()]
    widths = [width, *columns]
    output.heading(widths, ["event", *_COLUMNS])
    for name, record in sorted(records.items()):
        shown = wrapped(name, width) if output.is_terminal else shortened(name, width)
        try:
            state = from_record(record)
        except InvalidState as error:
            output.row(widths, [shown, _health("invalid"), "", "", "", ""])
            output.below(f"{error}; the next run resets this event to its default state", INDENT)
            continue
        output.row(widths, [shown, *_cells(state)])
        lines = ["; ".join(facts)] if (facts := details(state, now)) else []
        if state.last_error:
            lines.append(f"last error: {state.last_error}")
        for line in lines:
            output.below(Text(printable(line), style="dim"), INDENT)


def _cells(state: State) -> list[Text | str]:
    return [
        _health(health(state)),
        _count(state.detection_failures),
        _count(state.injection_failures),
        _time(state.failing_since),
        _time(state.alerted_at) if state.alerted else Text("–", style="dim"),
    ]


def _health(word: str) -> Text:
    return Text(word, style=_STYLES.get(word, ""))


def _count(count: int) -> Text:
    return Text(str(count), style="red" if count else "dim")


def _time(time: datetime | None) -> Text:
    if time is None:
        return Text("–", style="dim")
    return Text(f"{time.astimezone(timezone.utc):%Y-%m-%d %H:%M}")
