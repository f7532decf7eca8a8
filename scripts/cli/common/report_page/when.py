"""Times on the page, all of which are in UTC."""

from __future__ import annotations

from datetime import datetime, timezone


def exact_time(time: datetime) -> str:
    """Return date and time."""
    return f"{time.astimezone(timezone.utc):%Y-%m-%d %H:%M} UTC"


def short_time(time: datetime, now: datetime) -> str:
    """Return date and time, the year only if it is not that of `now`."""
    time = time.astimezone(timezone.utc)
    year = "" if time.year == now.year else f" {time.year}"
    return f"{time.day} {_MONTHS[time.month - 1]}{year} {time:%H:%M}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""In English, whatever the locale."""
