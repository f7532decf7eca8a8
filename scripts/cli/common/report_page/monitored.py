"""The events of a report: what is stored of each, and what its event logic says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from diva.machine import is_failing
from diva.options import shown
from diva.policy import Policies, Policy
from diva.state import InvalidState, Record, State, from_record
from diva.windows import DAYS, Window

from ..text import counted
from .condition import Condition, condition
from .history import History, history


@dataclass(frozen=True, slots=True)
class Monitored:
    """An event as of the time of the report."""

    name: str
    condition: Condition
    state: State
    history: History
    policy: Policy | None = None
    """None if the event logic is not known, or has no valid options for this event."""
    windows: Sequence[str] = ()
    """The maintenance windows that are open."""
    parents: Sequence[str] = ()
    """The failing events that it depends on."""
    problems: Sequence[str] = ()
    """What is wrong with the event itself."""


def monitored(
    records: Mapping[str, Record], policies: Policies | None, now: datetime
) -> list[Monitored]:
    """Return the events in `records`, and those in `policies` of which nothing is stored yet."""
    states: dict[str, State] = {}
    problems: dict[str, list[str]] = {name: [] for name in records}
    for name, record in records.items():
        try:
            states[name] = from_record(record)
        except InvalidState as error:
            states[name] = State()
            problems[name].append(
                f"stored state: {error}; the next run resets this event to its default state"
            )
    if policies is None:
        return [_monitored(name, state, problems[name], now) for name, state in states.items()]
    for name in (*policies.valid, *sorted(policies.invalid)):
        states.setdefault(name, State())
        problems.setdefault(name, []).extend(_problems(policies, name))
    return [
        _monitored(
            name,
            state,
            problems[name],
            now,
            policies.valid.get(name),
            _failing_parents(policies, name, states),
            policies.is_defined(name),
        )
        for name, state in states.items()
    ]


def _monitored(
    name: str,
    state: State,
    problems: Sequence[str],
    now: datetime,
    policy: Policy | None = None,
    parents: Sequence[str] = (),
    is_defined: bool = True,
) -> Monitored:
    found = Condition.INVALID if problems else condition(state)
    return Monitored(
        name,
        found if is_defined else Condition.UNDEFINED,
        state,
        history(state, now),
        policy,
        [_in_words(each) for each in policy.maintenance if each.contains(now)] if policy else (),
        parents,
        problems,
    )


def _problems(policies: Policies, name: str) -> Iterator[str]:
    lead = f"event {shown(name)}: "
    return (each.removeprefix(lead) for each in policies.problems if each.startswith(lead))


def _failing_parents(policies: Policies, name: str, states: Mapping[str, State]) -> Sequence[str]:
    policy = policies.valid.get(name)
    return [
        parent
        for parent in (policy.depends_on if policy else ())
        if parent in policies.valid and is_failing(policies.valid[parent], states[parent])
    ]


def _in_words(window: Window) -> str:
    days = "every day" if len(set(window.days)) == len(DAYS) else ", ".join(window.days)
    minutes = counted(window.duration_min, "minute")
    return f"{days} from {window.hour:02}:{window.minute:02} for {minutes} ({window.zone})"
