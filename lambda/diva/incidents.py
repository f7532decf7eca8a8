"""The incidents of an event: when it failed, and what was done about it.

An incident begins with the first failure that counts and ends with the reset of the state, in
reset mode `cooldown` with the end of the cooldown. The state keeps the latest of them as history,
which decides nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any, overload

MOST = 20
"""Incidents that are kept. The oldest is dropped for a new one."""
MOST_ERRORS = 5
"""The latest incidents, which keep their errors."""
LONGEST_ERROR = 80
"""Bytes of an error in JSON. All incidents of an event together take less than 1.5 KB."""
MOST_INJECTIONS = 999_999
"""Injections that are counted. At one a minute, they take almost two years."""


@dataclass(frozen=True, slots=True)
class Incident:
    """A time in which an event failed. Times are in UTC, in whole seconds."""

    start: datetime
    """Time of the first failure that counted."""
    end: datetime | None = None
    """Time of the recovery; None while the incident is open."""
    alerted_at: datetime | None = None
    """Time at which the first alert was delivered, which may be after the recovery; None if
    nobody was alerted."""
    injections: int = 0
    """Injections that were tried."""
    injections_worked: int = 0
    error: str | None = None
    """The last error, shortened and redacted."""


class StoredIncidents(Sequence[Incident]):
    """Incidents in their stored form, which are read when they are first asked for.

    In most periods they are not, and the history costs nothing. `stored` is what was found in the
    record of an event that has been failing since `failing_since`.

    Malformed entries are left out. So is an open incident from which the event has recovered: a
    version of DIVA that does not know incidents has written in the meantime.
    """

    __slots__ = ("_failing_since", "_read", "_stored")

    def __init__(self, stored: object, failing_since: datetime | None) -> None:
        self._stored = stored
        self._failing_since = failing_since

    @overload
    def __getitem__(self, index: int) -> Incident: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Incident, ...]: ...

    def __getitem__(self, index: int | slice) -> Incident | tuple[Incident, ...]:
        return self._incidents()[index]

    def __len__(self) -> int:
        return len(self._incidents())

    def _incidents(self) -> tuple[Incident, ...]:
        try:
            return self._read
        except AttributeError:  # not set before, because most are never read
            found = _in_order(self._stored) if isinstance(self._stored, list) else []
            if found and found[-1].end is None and not self._is_open(found[-1]):
                del found[-1]
            self._read: tuple[Incident, ...] = tuple(found[-MOST:])
            return self._read

    def _is_open(self, incident: Incident) -> bool:
        since = self._failing_since
        return since is not None and _whole(since) <= incident.start


def to_list(incidents: Iterable[Incident]) -> list[list[object]]:
    """Return the stored form of `incidents`, which `StoredIncidents` reads."""
    return [
        [
            _seconds(each.start),
            _seconds(each.end),
            _seconds(each.alerted_at),
            each.injections,
            each.injections_worked,
            *([] if each.error is None else [each.error]),
        ]
        for each in incidents
    ]


def failed(
    incidents: Sequence[Incident],
    since: datetime,
    alerted_at: datetime | None,
    error: str | None,
) -> Sequence[Incident]:
    """Return the incidents after a failure that counts, with the last error.

    The event has been failing since `since`. `alerted_at` is the time of the last alert for that,
    if there was one.
    """
    *earlier, last = _with_open(incidents, since, alerted_at)
    if error is not None:
        last = replace(last, error=_shortened(error))
    return (*earlier, last)


def injected(incidents: Sequence[Incident], worked: bool) -> Sequence[Incident]:
    """Return the incidents after an injection, which counts for an open incident only."""
    if not incidents or incidents[-1].end is not None:
        return incidents
    *earlier, last = incidents
    last = replace(
        last,
        injections=min(last.injections + 1, MOST_INJECTIONS),
        injections_worked=min(last.injections_worked + worked, MOST_INJECTIONS),
    )
    return (*earlier, last)


def alerted(incidents: Sequence[Incident], now: datetime) -> Sequence[Incident]:
    """Return the incidents after an alert has been delivered, for the last of them."""
    if not incidents or incidents[-1].alerted_at is not None:
        return incidents
    *earlier, last = incidents
    return (*earlier, replace(last, alerted_at=max(last.start, _whole(now))))


def recovered(
    incidents: Sequence[Incident],
    since: datetime | None,
    alerted_at: datetime | None,
    now: datetime,
) -> Sequence[Incident]:
    """Return the incidents after the recovery of an event that has been failing since `since`.

    For the other arguments, see `failed`.
    """
    if since is None:
        return incidents
    *earlier, last = _with_open(incidents, since, alerted_at)
    return (*earlier, replace(last, end=max(last.start, _whole(now))))


def _with_open(
    incidents: Sequence[Incident], since: datetime, alerted_at: datetime | None
) -> Sequence[Incident]:
    """Return the incidents with an open one as the last, a new one if there was none."""
    if incidents and incidents[-1].end is None:
        return incidents
    start = _whole(since)
    if incidents and incidents[-1].end is not None:
        start = max(start, incidents[-1].end)  # clocks can be set back
    if alerted_at is not None:
        alerted_at = max(start, _whole(alerted_at))
    kept = incidents[1 - MOST :]
    first_with_error = len(kept) + 1 - MOST_ERRORS
    return (
        *(
            replace(each, error=None) if index < first_with_error else each
            for index, each in enumerate(kept)
        ),
        Incident(start, alerted_at=alerted_at),
    )


def _shortened(error: str) -> str:
    if _size(error) <= LONGEST_ERROR:
        return error
    kept = error[:LONGEST_ERROR]
    while _size(f"{kept}…") > LONGEST_ERROR:
        kept = kept[:-1]
    return f"{kept}…"


def _size(text: str) -> int:
    return len(json.dumps(text)) - 2


def _in_order(stored: Iterable[object]) -> list[Incident]:
    """Return the well-formed entries, each of which begins after the end of the one before."""
    found: list[Incident] = []
    for entry in stored:
        try:
            incident = _incident(entry)
        except (TypeError, ValueError, OverflowError, OSError):
            continue
        if found and found[-1].end is None:  # only the last can be open
            del found[-1]
        if not found or (found[-1].end or incident.start) <= incident.start:
            found.append(incident)
    return found


def _incident(entry: object) -> Incident:
    """Return the incident in `entry`. A later version may have added to it."""
    if not isinstance(entry, Sequence) or isinstance(entry, str):
        raise TypeError
    values: list[Any] = [*entry, *[None] * 6]
    start, end, alerted_at, injections, worked, error = values[:6]
    incident = Incident(
        _time(start),
        None if end is None else _time(end),
        None if alerted_at is None else _time(alerted_at),
        _count(injections),
        _count(worked),
        error,
    )
    if error is not None and type(error) is not str:
        raise TypeError
    if incident.end is not None and incident.end < incident.start:
        raise ValueError
    return incident


def _time(seconds: object) -> datetime:
    return datetime.fromtimestamp(_count(seconds), timezone.utc)


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise TypeError
    return value


def _seconds(time: datetime | None) -> int | None:
    return None if time is None else int(time.timestamp())


def _whole(time: datetime) -> datetime:
    return time.replace(microsecond=0)
