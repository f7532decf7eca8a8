"""When a request is sent again."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

FIRST_PAUSE_SEC = 0.5
LONGEST_PAUSE_SEC = 20.0
TOO_MANY = 429
_TIMED_OUT = 408


def pauses() -> Iterator[float]:
    """Yield the seconds to wait before each further attempt."""
    pause = FIRST_PAUSE_SEC
    while True:
        # Requests that failed together must not come back together.
        yield pause * random.uniform(0.5, 1.0)
        pause = min(LONGEST_PAUSE_SEC, 2 * pause)


def is_retried(status: int) -> bool:
    """Return whether a request that was answered with `status` may succeed later."""
    return status in (_TIMED_OUT, TOO_MANY) or status >= 500


def retry_after(headers: Mapping[str, str], now: float) -> float:
    """Return the seconds that the header Retry-After asks to wait, 0 without a valid one.

    `now` is the time in seconds since the epoch.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year may have any number of digits
        return 0.0
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    return max(0.0, (at - datetime.fromtimestamp(now, timezone.utc)).total_seconds())
