"""Purging monitors that were deleted long ago."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from .monitors import PAGE, TABLE, MonitorId, page_after, row_id
from .redaction import redacted
from .supabase import Conflict, Parameters, Supabase

log = logging.getLogger(__name__)

BATCH = 100
"""IDs in a request, which has them in its URL."""
_COLUMNS = "id,repo,deleted_at"


class NotPurged(Exception):
    """Monitors could not be purged."""


@dataclass(slots=True)
class Cleanup:
    """What a cleanup has come to so far."""

    found: int = 0
    removed: int = 0
    refused: list[MonitorId] = field(default_factory=list)
    """Monitors that other tables refer to."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Which monitors are purged."""

    days: int
    """Monitors that were deleted later are kept."""
    limit: int
    """The maximum number of monitors purged in a run."""
    dry_run: bool
    """Whether they are counted instead of purged."""


def clean_up(
    supabase: Supabase, retention: Retention, now: float, until: float, done: Cleanup
) -> None:
    """Purge monitors that were deleted before the retention period, and count them in `done`.

    `now` is in seconds since the epoch. Raises SupabaseError if that could not be done until the
    monotonic time `until`, and NotPurged for monitors that could not be purged.
    """
    filters = _filters(retention.days, now)
    ids = _deleted(supabase, filters, retention.limit, until)
    done.found = len(ids)
    log.info("Found %d deleted monitors to permanently remove", len(ids))
    if len(ids) == retention.limit:
        log.warning("Cleanup is limited to %d monitors per run", retention.limit)
    if retention.dry_run:
        log.info("Dry run - %d old deleted monitors would be removed", len(ids))
    else:
        for first in range(0, len(ids), BATCH):
            for batch in _accepted(ids[first : first + BATCH], supabase, filters, until, done):
                log.info("Permanently removed monitor %s", batch)
    log.info("Cleanup completed - removed %d old deleted monitors", done.removed)
    if done.refused:
        shown = ", ".join(redacted(each) for each in done.refused[:10])
        raise NotPurged(
            f"{len(done.refused)} deleted monitors could not be removed, since other tables refer "
            f"to them. The first ones: {shown}"
        )


def _filters(days: int, now: float) -> Parameters:
    cut = datetime.fromtimestamp(now, timezone.utc) - timedelta(days=days)
    # A column without a time zone ignores the Z, and Supabase's are in UTC.
    text = cut.replace(tzinfo=None).isoformat(timespec="microseconds")
    return [("deleted", "is.true"), ("deleted_at", f"lt.{text}Z")]


def _deleted(
    supabase: Supabase, filters: Parameters, limit: int, until: float
) -> Sequence[MonitorId]:
    ids: list[MonitorId] = []
    while len(ids) < limit:
        page = page_after(ids[-1] if ids else None, min(PAGE, limit - len(ids)))
        rows = supabase.select(TABLE, [("select", "id"), *filters, *page], until)
        if not rows:
            break
        ids += map(row_id, rows)
    return ids


def _accepted(
    ids: Sequence[MonitorId], supabase: Supabase, filters: Parameters, until: float, done: Cleanup
) -> Iterator[str]:
    """Purge monitors and yield a description of each. One that is refused does not keep others."""
    listed = ",".join(quoted(each) for each in ids)
    try:
        # The filters are repeated, since a monitor may have been restored meanwhile.
        rows = supabase.delete(TABLE, [*filters, ("id", f"in.({listed})")], _COLUMNS, until)
    except Conflict:
        if len(ids) == 1:
            done.refused += ids
            return
        for each in ids:
            yield from _accepted([each], supabase, filters, until, done)
        return
    done.removed += len(rows)
    for row in rows:
        repo, at = redacted(row.get("repo")), redacted(row.get("deleted_at"))
        yield f"{redacted(row.get('id'))} (repo: {repo}, deleted at {at})"


def quoted(each: MonitorId) -> str:
    """Return an ID as a member of a list in PostgREST's syntax."""
    text = str(each).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
