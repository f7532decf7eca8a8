"""Rendering the page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from diva.policy import Policies
from diva.state import Record

from ..text import counted, printable
from .card import Card, card
from .condition import Condition
from .error import ReportError
from .history import DAYS
from .monitored import Monitored, monitored
from .when import exact_time

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class EventLogic:
    """The event logic in the file `name`."""

    name: str
    policies: Policies


@dataclass(frozen=True, slots=True)
class _Group:
    """Events under a heading."""

    anchor: str
    title: str
    conditions: Sequence[Condition]
    is_always_counted: bool = False


_GROUPS = (
    _Group("failing", "Failing", (Condition.ALERTED, Condition.FAILING), is_always_counted=True),
    _Group("invalid", "Invalid", (Condition.INVALID,)),
    _Group("recovering", "Recovering", (Condition.RECOVERING,)),
    _Group("warmup", "In warmup", (Condition.WARMUP,)),
    _Group("unknown", "Unknown", (Condition.UNKNOWN,)),
    _Group("healthy", "Healthy", (Condition.HEALTHY, Condition.INJECTED), is_always_counted=True),
    _Group("undefined", "Not defined", (Condition.UNDEFINED,)),
)
_ORDER = list(Condition)


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading with its cards."""

    anchor: str
    title: str
    cards: Sequence[Card]


def render(
    records: Mapping[str, Record], place: str, now: datetime, logic: EventLogic | None = None
) -> str:
    """Return the page of the events in `records`, which come from `place`.

    Without `logic`, the page says what is not known.
    """
    policies = logic.policies if logic else None
    events = sorted(monitored(records, policies, now), key=_worst_first)
    anchors = {event.name: f"e{number}" for number, event in enumerate(events)}
    cards = {event.name: card(event, anchors, now) for event in events}
    sections = [
        _Section(
            group.anchor,
            group.title,
            [cards[event.name] for event in events if event.condition in group.conditions],
        )
        for group in _GROUPS
        if group.is_always_counted or any(event.condition in group.conditions for event in events)
    ]
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        sections=sections,
        headline=_headline(len(sections[0].cards), len(events)),
        place=printable(place),
        made=exact_time(now),
        days=DAYS,
        logic=printable(logic.name) if logic else None,
    )


def _headline(failing: int, total: int) -> str:
    if failing:
        return f"{failing} of {counted(total, 'event')} failing"
    return "No event is failing" if total else "There are no events"


def write(file: Path, html: str) -> None:
    """Write the page to `file`. Raises ReportError."""
    try:
        file.write_text(html, encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{file} cannot be written: {error.strerror}") from error


def _worst_first(event: Monitored) -> tuple[int, float, float, str]:
    since = event.state.failing_since
    availability = event.history.availability
    return (
        _ORDER.index(event.condition),
        math.inf if since is None else since.timestamp(),
        2 if availability is None else availability,
        event.name,
    )
