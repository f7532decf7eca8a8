"""A table of the incidents of an event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.text import Text

from diva.incidents import Incident

from .output import Output
from .text import printable

_COLUMNS = {
    "from (UTC)": 16,
    "to (UTC)": 16,
    "duration": 12,
    "alerted after": 13,
    "injections": 13,
}
_INDENT = 4
_NONE = "–"


def show(incidents: Sequence[Incident], output: Output, now: datetime) -> None:
    """Print a row for each incident, newest first, with the last error below it if it is kept."""
    widths = list(_COLUMNS.values())
    output.heading(widths, list(_COLUMNS))
    for incident in reversed(incidents):
        output.row(widths, _cells(incident, now))
        if incident.error:
            output.below(Text(printable(f"last error: {incident.error}"), style="dim"), _INDENT)


def _cells(incident: Incident, now: datetime) -> list[Text | str]:
    lasts = incident.end is None
    end = incident.end or max(now, incident.start)
    tried, worked = incident.injections, incident.injections_worked
    return [
        _time(incident.start),
        Text("still open", style="bold red") if lasts else _time(end),
        duration(end - incident.start),
        duration(incident.alerted_at - incident.start) if incident.alerted_at else _NONE,
        f"{worked} of {tried} ok" if tried else _NONE,
    ]


def duration(length: timedelta) -> str:
    """Return `length` in its two largest units, for example `2 h 5 min`."""
    seconds = int(length.total_seconds())
    counts = {
        "d": seconds // 86_400,
        "h": seconds // 3_600 % 24,
        "min": seconds // 60 % 60,
        "s": seconds % 60,
    }
    units = list(counts)
    first = next((each for each in units if counts[each]), "s")
    shown = units[units.index(first) :][:2]
    return " ".join(f"{counts[unit]} {unit}" for unit in shown if counts[unit] or unit == first)


def _time(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"
