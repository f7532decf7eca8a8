"""What the incidents of an event say about its last 90 days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum

from diva.incidents import MOST, Incident
from diva.state import State

DAYS = 90
LONG = timedelta(hours=1)
"""The downtime from which on a day is shown as one with long failures."""


class Day(Enum):
    """How a day went, in UTC."""

    UNKNOWN = "unknown"
    HEALTHY = "healthy"
    SHORT = "short"
    """It failed for less than `LONG`."""
    LONG = "long"


@dataclass(frozen=True, slots=True)
class History:
    """The incidents of an event, as seen from `now`. All figures are of the last 90 days."""

    now: datetime
    incidents: Sequence[Incident]
    """All that are on record, oldest first. The last may still last."""
    known_since: datetime | None
    """The time from which on all incidents are on record, at most 90 days ago. None if there is no
    such time."""

    @property
    def availability(self) -> float | None:
        """The share of the time since `known_since` without incident, None if that is no time."""
        if self.known_since is None or self.known_since >= self.now:
            return None
        down = sum((self._between(each, self.known_since) for each in self.incidents), _NONE)
        return 1 - down / (self.now - self.known_since)

    @property
    def recoveries(self) -> Sequence[timedelta]:
        """How long each incident lasted that ended in the last 90 days."""
        oldest = self.now - timedelta(days=DAYS)
        return [each.end - each.start for each in self.incidents if each.end and each.end >= oldest]

    @property
    def mean_recovery(self) -> timedelta | None:
        """The mean of `recoveries`, None if there are none."""
        several = self.recoveries
        return sum(several, _NONE) / len(several) if several else None

    def days(self) -> list[Day]:
        """Return how each of the last 90 days went. The last one is today, in UTC."""
        first = self.now.replace(hour=0, minute=0, second=0, microsecond=0) - _DAY * (DAYS - 1)
        days = [Day.UNKNOWN] * DAYS
        if self.known_since is not None:
            known = max(0, (self.known_since - first) // _DAY)
            days[known:] = [Day.HEALTHY] * (DAYS - known)
        down: dict[int, timedelta] = {}
        for each in self.incidents:
            end = each.end or self.now
            for index in range(max(0, (each.start - first) // _DAY), DAYS):
                begin = max(each.start, first + index * _DAY)
                if begin >= end and begin > each.start:
                    break
                within = min(end, first + (index + 1) * _DAY) - begin
                down[index] = down.get(index, _NONE) + within
        for index, duration in down.items():
            days[index] = Day.LONG if duration >= LONG else Day.SHORT
        return days

    def _between(self, incident: Incident, since: datetime) -> timedelta:
        end = min(incident.end or self.now, self.now)
        return max(_NONE, end - max(incident.start, since))


_NONE = timedelta(0)
_DAY = timedelta(days=1)


def history(state: State, now: datetime) -> History:
    """Return the history in `state`."""
    incidents = list(state.incidents)
    if state.failing_since and not (incidents and incidents[-1].end is None):
        # It has been failing since before DIVA was updated to a version that records incidents.
        alerted_at = state.alerted_at if state.alerted else None
        incidents.append(Incident(state.failing_since, alerted_at=alerted_at))
    known_since = None
    if state.known_since is not None:
        known_since = datetime.fromtimestamp(state.known_since, timezone.utc)
    if incidents and (
        known_since is None or known_since > incidents[0].start or len(incidents) >= MOST
    ):
        known_since = incidents[0].start
    if known_since is not None:
        known_since = max(known_since, now - timedelta(days=DAYS))
    return History(now, incidents, known_since)
