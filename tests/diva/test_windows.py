"""Maintenance windows: when they are open, and what is said of wrong ones."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from diva.windows import read_windows


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def is_open(when: str, **options: object) -> bool:
    problems: list[str] = []
    (window,) = read_windows([options], "maintenance", problems)
    assert not problems
    return window.contains(at(when))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-02 21:59:59", False),
        ("2026-03-02 22:00:00", True),
        ("2026-03-02 23:29:59", True),
        ("2026-03-02 23:30:00", False),
    ],
)
def test_a_window_is_open_from_its_start_to_before_its_end(when: str, expected: bool) -> None:
    assert is_open(when, start="22:00", duration_min=90) is expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-01 23:30", False),  # Sunday evening
        ("2026-03-02 23:30", True),  # Monday evening
        ("2026-03-03 01:30", True),  # Tuesday early, still Monday's window
        ("2026-03-03 23:30", False),  # Tuesday evening
    ],
)
def test_days_are_those_on_which_a_window_begins(when: str, expected: bool) -> None:
    assert is_open(when, start="23:00", duration_min=180, days=["Mon"]) is expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [("2026-03-02 00:00", True), ("2026-03-08 23:59", True)],
)
def test_a_window_can_last_a_week(when: str, expected: bool) -> None:
    week = {"start": "00:00", "duration_min": 7 * 24 * 60, "days": ["Mon"]}
    assert is_open(when, **week) is expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-01-15 20:30", False),
        ("2026-01-15 21:30", True),  # 22:30 in winter
        ("2026-07-15 20:30", True),  # 22:30 in summer
        ("2026-07-15 21:30", False),
    ],
)
def test_a_window_is_in_local_time_through_the_year(when: str, expected: bool) -> None:
    window = {"start": "22:00", "duration_min": 60, "timezone": "Europe/Berlin"}
    assert is_open(when, **window) is expected


def test_a_window_over_the_change_to_summer_time_keeps_its_length() -> None:
    """In Berlin 02:00 became 03:00 on 29 March 2026: 01:00 UTC."""
    window = {"start": "01:30", "duration_min": 60, "timezone": "Europe/Berlin"}
    assert is_open("2026-03-29 00:30", **window)
    assert is_open("2026-03-29 01:29", **window)
    assert not is_open("2026-03-29 01:30", **window)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("22:00", "maintenance is '22:00'; it must be a list of windows"),
        ({"start": "22:00"}, "maintenance is {'start': '22:00'}; it must be a list of windows"),
        (["22:00"], "maintenance[0] is '22:00'; it must be a dict with 'start', 'duration_min'"),
        ([{"start": "22:00"}], "maintenance[0].duration_min is missing"),
        ([{"duration_min": 5}], "maintenance[0].start is None; it must be a time such as '22:30'"),
        ([{"start": "24:00", "duration_min": 5}], "maintenance[0].start is '24:00'"),
        ([{"start": "9:00", "duration_min": 5}], "maintenance[0].start is '9:00'"),
        ([{"start": "09:00", "duration_min": 0}], "maintenance[0].duration_min is 0; it must be"),
        (
            [{"start": "09:00", "duration_min": 10081}],
            "maintenance[0].duration_min is 10081; a week has 10080 minutes",
        ),
        (
            [{"start": "09:00", "duration_min": 5, "days": ["Monday"]}],
            "maintenance[0].days is ['Monday']; it must be a list of Mon, Tue",
        ),
        (
            [{"start": "09:00", "duration_min": 5, "days": "Mon"}],
            "maintenance[0].days is 'Mon'; it must be a list of",
        ),
        (
            [{"start": "09:00", "duration_min": 5, "days": 5}],
            "maintenance[0].days is 5; it must be a list of",
        ),
        (
            [{"start": "09:00", "duration_min": 5, "days": [["Mon"]]}],
            "maintenance[0].days is [['Mon']]; it must be a list of",
        ),
        (
            [{"start": "09:00", "duration_min": 5, "timezone": "Mars/Olympus"}],
            "maintenance[0].timezone is 'Mars/Olympus', which is not known here",
        ),
        (
            [{"start": "09:00", "duration_min": 5, "day": ["Mon"]}],
            "'maintenance[0].day' is not an option; did you mean 'days'?",
        ),
    ],
)
def test_a_wrong_window_is_named_with_what_would_be_right(given: object, problem: str) -> None:
    problems: list[str] = []
    read_windows(given, "maintenance", problems)
    assert len(problems) == 1
    assert problems[0].startswith(problem)
