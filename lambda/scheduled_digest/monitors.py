"""The active monitors in Supabase."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .supabase import InvalidAnswer, Supabase

TABLE = "monitors"
PAGE = 1_000
"""Rows in a request. Supabase returns no more by default."""

MonitorId = str | int


@dataclass(frozen=True, slots=True)
class Monitor:
    """A monitor, with what the backend needs for its digest."""

    id: MonitorId
    repo: str | None
    frequency: str | None
    delivery_method: str | None
    webhook_url: str | None
    email: str | None


def active_monitors(supabase: Supabase, after: MonitorId | None, until: float) -> Iterator[Monitor]:
    """Yield the monitors that are not deleted, in the order of their IDs.

    Begins after the ID `after`. Pages are read by ID and not by offset, so that no monitor is
    missed when others are added or removed meanwhile. Raises SupabaseError if a page could not be
    read until the monotonic time `until`.
    """
    while True:
        rows = supabase.select(
            TABLE,
            [
                ("select", "*"),
                ("deleted", "not.is.true"),
                *page_after(after, PAGE),
            ],
            until,
        )
        # The project may allow fewer rows than PAGE, so only an empty page is the last one.
        if not rows:
            return
        for row in rows:
            yield _monitor(row)
        after = row_id(rows[-1])


def page_after(after: MonitorId | None, limit: int) -> list[tuple[str, str]]:
    """Return the parameters of the page of up to `limit` rows whose IDs are above `after`."""
    above = [] if after is None else [("id", f"gt.{after}")]
    return [*above, ("order", "id"), ("limit", str(limit))]


def row_id(row: Mapping[str, Any]) -> MonitorId:
    """Return the ID of a row. Raises InvalidAnswer."""
    found = row.get("id")
    if isinstance(found, bool) or not isinstance(found, (str, int)):
        raise InvalidAnswer("A row of the table monitors has no ID that is a text or a number.")
    return found


def _monitor(row: Mapping[str, Any]) -> Monitor:
    return Monitor(
        id=row_id(row),
        repo=_text(row, "repo"),
        frequency=_shared(_text(row, "frequency")),
        delivery_method=_shared(_text(row, "delivery_method")),
        webhook_url=_text(row, "webhook_url"),
        email=_text(row, "email"),
    )


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) else None


def _shared(text: str | None) -> str | None:
    """Return `text` as an object that equal texts share, since there are few different ones."""
    return None if text is None else sys.intern(text)
