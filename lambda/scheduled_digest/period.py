"""Frequencies of digests, and the periods in which a monitor gets one digest.

All periods are in UTC. Those of daily digests are calendar days, such as `2024-01-15`. Those of
weekly digests are weeks that begin on Monday, numbered as in ISO 8601, such as `2024-W03`.
"""

from __future__ import annotations

from datetime import datetime

DAILY = "daily"
WEEKLY = "weekly"
FREQUENCIES = (DAILY, WEEKLY)


def period(frequency: str, at: datetime) -> str:
    """Return the name of the period of `frequency` that `at`, in UTC, is in."""
    if frequency == DAILY:
        return at.strftime("%Y-%m-%d")
    year, week, _ = at.isocalendar()
    return f"{year}-W{week:02}"
