"""A table of the stored state of events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from rich.cells import cell_len
from rich.text import Text

from diva.state import InvalidState, Record, State, from_record

from .output import GAP, Output, total
from .text import counted, printable, shortened, wrapped

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
        for line in _details(state, now):
            output.below(Text(printable(line), style="dim"), INDENT)


def _cells(state: State) -> list[Text | str]:
    return [
        _health(_word(state)),
        _count(state.detection_failures),
        _count(state.injection_failures),
        _time(state.failing_since),
        _time(state.alerted_at) if state.alerted else Text("–", style="dim"),
    ]


def _word(state: State) -> str:
    if state.in_warmup:
        return "warmup"
    if state.healthy is not None:
        return "healthy" if state.healthy else "failing"
    # An event that nothing detects is judged by its injections.
    if state.injection_failures:
        return "failing"
    return "injected" if state.injected else "unknown"


def _details(state: State, now: datetime) -> list[str]:
    parts = []
    if state.injected:
        parts.append("injected")
    if state.in_warmup:
        periods = counted(state.warmup_periods, "period")
        parts.append(f"warmup: {periods}, the last {state.warmup_counter} healthy")
    if state.cooldown_counter:
        periods = counted(state.cooldown_counter, "period")
        parts.append(f"cooldown: healthy for {periods}")
    if state.resolve_due:
        parts.append("resolution pending")
    if state.alert_claim is not None:
        claim = state.alert_claim
        until = f"{claim.expires.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
        if claim.expires > now:
            parts.append(f"run {claim.run_id} is delivering a notification (claim expires {until})")
        else:
            parts.append(
                f"run {claim.run_id} did not complete its delivery (claim expired {until})"
            )
    lines = ["; ".join(parts)] if parts else []
    if state.last_error:
        lines.append(f"last error: {state.last_error}")
    return lines


def _health(word: str) -> Text:
    return Text(word, style=_STYLES.get(word, ""))


def _count(count: int) -> Text:
    return Text(str(count), style="red" if count else "dim")


def _time(time: datetime | None) -> Text:
    if time is None:
        return Text("–", style="dim")
    return Text(f"{time.astimezone(timezone.utc):%Y-%m-%d %H:%M}")
