"""The state of an event, which is kept between periods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from .incidents import Incident, StoredIncidents, to_list

Record = Mapping[str, object]
"""A state as it is stored: JSON values by field name."""


class InvalidState(Exception):
    """A stored field has a type or value that no version of DIVA writes."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim of a run to deliver the alert, reminder or resolution that is due.

    It is void from `expires` on, when Lambda would have ended the run.
    """

    run_id: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class State:
    """The state of an event. A reset sets the defaults. Times are in UTC."""

    detection_failures: int = 0
    """Consecutive failed detections."""
    injection_failures: int = 0
    """Consecutive failed injections."""
    injected: bool = False
    """Whether the event has been injected since it began to fail."""
    alerted: bool = False
    """Whether an alert has been delivered since the last reset."""
    cooldown_counter: int = 0
    """Consecutive successes after an alert, in reset mode `cooldown`."""
    in_warmup: bool = False
    """Whether the event is in warmup."""
    warmup_counter: int = 0
    """Consecutive successes in warmup."""
    warmup_periods: int = 0
    """Periods spent in warmup so far."""
    healthy: bool | None = None
    """Result of the latest detection. None before the first, and if nothing detects the event."""
    failing_since: datetime | None = None
    """Time of the first failure that counted."""
    alerted_at: datetime | None = None
    """Time of the last alert or reminder."""
    alert_claim: Claim | None = None
    """The claim of the run that is delivering a message, if any."""
    resolve_due: bool = False
    """Whether a resolution has yet to be delivered."""
    last_error: str | None = None
    """Reason for the latest failure, short and redacted."""
    incidents: Sequence[Incident] = field(default=(), compare=False)
    """The latest incidents, oldest first; only the last can be open. They do not count in a
    comparison of states, because history alone is no reason to write."""
    known_since: int | None = field(default=None, compare=False)
    """Time of the first result that counted, in seconds since the epoch. Part of the history."""


def to_record(state: State) -> dict[str, object]:
    """Return the record of `state`. `from_record` returns an equal state."""
    record: dict[str, object] = {name: getattr(state, name) for name in _READERS}
    for name in ("failing_since", "alerted_at"):
        record[name] = _text(getattr(state, name))
    if state.alert_claim is not None:
        claim = state.alert_claim
        record["alert_claim"] = {"run_id": claim.run_id, "expires": _text(claim.expires)}
    if state.incidents:
        record[_INCIDENTS] = to_list(state.incidents)
    if state.known_since is not None:
        record[_KNOWN_SINCE] = state.known_since
    return record


def from_record(record: Record) -> State:
    """Return the state in `record`. Missing fields get defaults, unknown fields are ignored.

    Raises InvalidState, naming the field and what was found in it.
    """
    values: dict[str, Any] = {}
    default_of = _DEFAULTS.get
    for name, value in record.items():
        if value is not default_of(name, value):  # most have their default
            try:
                values[name] = _READERS[name](value)
            except (TypeError, ValueError, KeyError) as error:
                raise InvalidState(f"{name} is {value!r}") from error
    if incidents := record.get(_INCIDENTS):
        values[_INCIDENTS] = StoredIncidents(incidents, values.get("failing_since"))
    if type(since := record.get(_KNOWN_SINCE)) is int:
        values[_KNOWN_SINCE] = since
    return State(**values)


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="milliseconds")


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError
    return value


def _flag(value: object) -> bool:
    if type(value) is not bool:
        raise TypeError
    return value


def _optional_flag(value: object) -> bool | None:
    return None if value is None else _flag(value)


def _string(value: object) -> str:
    if type(value) is not str:
        raise TypeError
    return value


def _optional_string(value: object) -> str | None:
    return None if value is None else _string(value)


def _time(value: object) -> datetime:
    time = datetime.fromisoformat(_string(value))
    if time.tzinfo is None:
        raise ValueError
    return time


def _optional_time(value: object) -> datetime | None:
    return None if value is None else _time(value)


def _claim(value: object) -> Claim | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise TypeError
    return Claim(_string(value["run_id"]), _time(value["expires"]))


_BY_TYPE = {
    "int": _count,
    "bool": _flag,
    "bool | None": _optional_flag,
    "str | None": _optional_string,
    "datetime | None": _optional_time,
    "Claim | None": _claim,
}
_INCIDENTS, _KNOWN_SINCE = _HISTORY = ("incidents", "known_since")
_FIELDS = [each for each in fields(State) if each.name not in _HISTORY]
_READERS = {each.name: _BY_TYPE[str(each.type)] for each in _FIELDS}
_DEFAULTS = {each.name: each.default for each in _FIELDS}
