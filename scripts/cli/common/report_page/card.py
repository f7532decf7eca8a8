"""What the page shows of an event, as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from markupsafe import Markup

from diva.incidents import Incident
from diva.policy import Policy
from diva.state import State

from ..incident_table import duration
from ..state_text import details, health
from ..text import counted, printable
from . import bar
from .history import DAYS, History
from .monitored import Monitored
from .when import short_time


@dataclass(frozen=True, slots=True)
class Link:
    """A link to the card of another event."""

    name: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Row:
    """An incident."""

    began: str
    lasted: str
    alerted: str
    injected: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """An event on the page. The text is not escaped yet, except for the markup of the bar."""

    anchor: str
    name: str
    kind: str
    """The class of the condition in the style sheet."""
    condition: str
    problems: Sequence[str]
    facts: Sequence[str]
    windows: Sequence[str]
    parents: Sequence[Link]
    error: str | None
    bar: Markup
    bar_text: str
    availability: str
    availability_of: str
    recovery: str
    recovery_of: str
    rows: Sequence[Row]


def card(event: Monitored, anchors: Mapping[str, str], now: datetime) -> Card:
    """Return the card of `event`. `anchors` are those of all events, by name."""
    state, history = event.state, event.history
    days = history.days()
    mean = history.mean_recovery
    return Card(
        anchor=anchors[event.name],
        name=printable(event.name),
        kind=event.condition.name.lower(),
        condition=event.condition.value,
        problems=[printable(each) for each in event.problems],
        facts=[] if event.problems else list(_facts(state, event.policy, now)),
        windows=event.windows,
        parents=[Link(printable(each), anchors[each]) for each in event.parents],
        error=printable(state.last_error) if state.last_error else None,
        bar=bar.paths(days),
        bar_text=bar.in_words(history, days),
        availability=_percent(history.availability),
        availability_of=_of(history, now),
        recovery="–" if mean is None else _rounded(mean),
        recovery_of="" if mean is None else f"of {counted(len(history.recoveries), 'incident')}",
        rows=[_row(each, now) for each in reversed(history.incidents)],
    )


def _facts(state: State, policy: Policy | None, now: datetime) -> Iterator[str]:
    if state.failing_since is not None:
        counts = [
            f"{counted(number, f'failed {what}')}{f' (limit {limit})' if limit else ''}"
            for number, limit, what in (
                (state.detection_failures, policy and policy.max_failed_detections, "detection"),
                (state.injection_failures, policy and policy.max_failed_injections, "injection"),
            )
            if number
        ]
        since = short_time(state.failing_since, now)
        lasted = _rounded(now - state.failing_since)
        if health(state) == "failing":
            text = f"Failing since {since} ({lasted})"
        else:
            text = f"Recovered from an incident that began {since} ({lasted} ago)"
        yield f"{text}: {', '.join(counts)}" if counts else text
    if state.alerted and state.alerted_at is not None:
        yield f"Last alert at {short_time(state.alerted_at, now)}"
    for each in details(state, now):
        if each == "injected":
            if health(state) == "failing":
                yield "Injected since it began to fail"
        else:
            yield printable(f"{each[0].upper()}{each[1:]}")


def _rounded(time: timedelta) -> str:
    """Return `time` rounded down to a minute, unless it is shorter."""
    time = max(time, timedelta(0))
    minute = timedelta(minutes=1)
    return duration(time if time < minute else time - time % minute)


def _percent(availability: float | None) -> str:
    """Return `availability` rounded down, so that 100 % is without any failure."""
    if availability is None:
        return "–"
    hundredths = math.floor(round(availability * 10_000, 6))  # 99.95 is no binary fraction
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".") + " %"


def _of(history: History, now: datetime) -> str:
    if history.known_since is None:
        return "not known"
    if (now - history.known_since).days >= DAYS:
        return f"in {DAYS} days"
    return f"since {short_time(history.known_since, now)}"


def _row(incident: Incident, now: datetime) -> Row:
    lasted = _rounded((incident.end or now) - incident.start)
    alerted_at = incident.alerted_at
    injections = f"{incident.injections_worked}/{incident.injections}"
    return Row(
        short_time(incident.start, now),
        lasted if incident.end else f"{lasted} so far",
        "" if alerted_at is None else _rounded(alerted_at - incident.start),
        injections if incident.injections else "",
        printable(incident.error) if incident.error else None,
    )
