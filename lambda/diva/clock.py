"""The clock that the engine uses to wait and to measure time."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timezone


class Clock:
    """The system clock. A test passes in a clock of its own to control the time."""

    def monotonic(self) -> float:
        """Return seconds since an arbitrary point in time, as `time.monotonic` does."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds` seconds."""
        time.sleep(seconds)

    def now(self) -> datetime:
        """Return the current time in UTC, rounded down to milliseconds as it is stored."""
        now = datetime.now(timezone.utc)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def wait(self, condition: threading.Condition, until: float) -> None:
        """Wait for `condition`, whose lock is held, until the monotonic time `until` at most."""
        condition.wait(max(0.0, until - time.monotonic()))
