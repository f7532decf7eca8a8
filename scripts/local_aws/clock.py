"""The clock by which queues and state machines wait."""

from __future__ import annotations

import threading
import time


class Clock:
    """The clock of the machine. A test can pass another one to `LocalAws`."""

    def time(self) -> float:
        """Return the seconds since 1970."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that never go back, for the time that this thread waits."""
        return time.monotonic()

    def wait(self, event: threading.Event, seconds: float) -> None:
        """Wait until an event is set, or so many seconds have passed."""
        event.wait(seconds)
