"""The passing of time, as everything in the engine that waits or measures sees it."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timezone


class Clock:
    """The clocks of the system. Another one can be handed in, whose time passes otherwise."""

    def monotonic(self) -> float:
        """Return the time in seconds since a moment that is the same for the whole process."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        time.sleep(seconds)

    def now(self) -> datetime:
        """Return the time in UTC, in whole milliseconds, which is how it is stored."""
        now = datetime.now(timezone.utc)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def wait(self, condition: threading.Condition, until: float) -> None:
        """Wait for `condition`, whose lock is held, until the monotonic time `until` at most."""
        condition.wait(max(0.0, until - time.monotonic()))
