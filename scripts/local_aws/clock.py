"""The clock by which queues and state machines wait."""

from __future__ import annotations

import threading
import time


class Clock:
    """The clock of the machine, which can be advanced. Tests can pass another one to `LocalAws`."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._ahead += seconds

    def time(self) -> float:
        """Return the seconds since 1970."""
        return time.time() + self._ahead

    def monotonic(self) -> float:
        """Return seconds that never go back, for the time that this thread waits."""
        return time.monotonic()

    def wait(self, event: threading.Event, seconds: float) -> None:
        """Wait until an event is set, or so many seconds have passed."""
        event.wait(seconds)
