"""Availability, time to recover and days, from the incidents of an event."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from cli.common.report_page.history import Day, History, history
from diva.incidents import MOST, Incident
from diva.state import State

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)
LONG_AGO = int((NOW - timedelta(days=1000)).timestamp())


def ago(days: float = 0, hours: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def incident(start: datetime, hours: float | None) -> Incident:
    return Incident(start, None if hours is None else start + timedelta(hours=hours))


def of(*incidents: Incident, known_since: datetime | int | None = LONG_AGO) -> History:
    if isinstance(known_since, datetime):
        known_since = int(known_since.timestamp())
    return history(State(healthy=True, incidents=incidents, known_since=known_since), NOW)


def test_availability_is_the_share_of_90_days_without_incident() -> None:
    found = of(incident(ago(days=30), hours=90 * 24 / 100), incident(ago(hours=21.6), None))
    assert found.known_since == ago(days=90)
    assert found.availability == pytest.approx(1 - (21.6 + 21.6) / (90 * 24))


def test_what_was_before_the_90_days_does_not_count() -> None:
    found = of(incident(ago(days=300), hours=100), incident(ago(days=91), hours=24 + 216))
    assert found.availability == pytest.approx(0.9)
    assert found.days()[:9] == [Day.LONG] * 9
    assert found.days()[9:] == [Day.HEALTHY] * 81
    assert found.recoveries == [timedelta(hours=240)]


def test_the_time_before_the_first_result_is_unknown() -> None:
    found = of(incident(ago(days=1), hours=1), known_since=ago(days=10))
    assert found.known_since == ago(days=10)
    assert found.availability == pytest.approx(1 - 1 / 240)
    assert found.days() == [Day.UNKNOWN] * 79 + [Day.HEALTHY] * 9 + [Day.LONG] + [Day.HEALTHY]


@pytest.mark.parametrize("known_since", [LONG_AGO, None])
def test_the_time_before_the_oldest_of_20_incidents_is_unknown(known_since: int | None) -> None:
    several = [incident(ago(days=40 - 2 * number), hours=2.4) for number in range(MOST)]
    found = of(*several, known_since=known_since)
    assert found.known_since == ago(days=40)
    assert found.availability == pytest.approx(1 - 20 * 2.4 / (40 * 24))
    assert found.days()[:49] == [Day.UNKNOWN] * 49
    assert Day.UNKNOWN not in found.days()[49:]
    one_less = of(*several[1:], known_since=known_since)
    assert one_less.known_since == (ago(days=90) if known_since else ago(days=38))


def test_nothing_is_known_of_an_event_without_history() -> None:
    found = of(known_since=None)
    assert (found.known_since, found.availability, found.mean_recovery) == (None, None, None)
    assert found.days() == [Day.UNKNOWN] * 90


def test_the_first_moment_is_too_short_for_an_availability() -> None:
    assert of(known_since=NOW).availability is None


def test_a_failure_that_an_older_version_recorded_is_an_incident_that_lasts() -> None:
    state = State(healthy=False, failing_since=ago(hours=3), alerted=True, alerted_at=ago(hours=2))
    found = history(state, NOW)
    assert found.incidents == [Incident(ago(hours=3), alerted_at=ago(hours=2))]
    assert (found.known_since, found.availability) == (ago(hours=3), 0)


def test_the_mean_time_to_recover_is_that_of_incidents_that_have_ended() -> None:
    found = of(incident(ago(days=9), 1), incident(ago(days=8), 4), incident(ago(days=2), None))
    assert found.recoveries == [timedelta(hours=1), timedelta(hours=4)]
    assert found.mean_recovery == timedelta(hours=2.5)


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        (ago(hours=1), 0.99, {89: Day.SHORT}),
        (ago(hours=2), 1, {89: Day.LONG}),
        (ago(hours=1), 0, {89: Day.SHORT}),
        (ago(hours=1), None, {89: Day.LONG}),
        (NOW.replace(hour=0, minute=0) - timedelta(hours=2), 2, {88: Day.LONG}),
        (NOW.replace(hour=0, minute=0) - timedelta(hours=2), 2.1, {88: Day.LONG, 89: Day.SHORT}),
        (ago(days=3), 48, dict.fromkeys((86, 87, 88), Day.LONG)),
        (ago(days=1), 40, {88: Day.LONG, 89: Day.LONG}),  # a clock was set back
        (ago(days=-1), 1, {}),
    ],
)
def test_a_day_is_as_bad_as_the_time_for_which_it_failed(
    start: datetime, hours: float | None, expected: dict[int, Day]
) -> None:
    days = of(incident(start, hours)).days()
    assert {index: day for index, day in enumerate(days) if day is not Day.HEALTHY} == expected


def test_short_failures_of_a_day_add_up() -> None:
    several = [incident(ago(hours=number), 0.4) for number in (6, 4, 2)]
    assert of(*several[:2]).days()[-1] is Day.SHORT
    assert of(*several).days()[-1] is Day.LONG
