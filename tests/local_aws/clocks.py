"""A clock for the embedded AWS that tests set, so that they do not have to wait."""

from __future__ import annotations

import threading
import time

from local_aws.clock import Clock


class SetClock(Clock):
    """State machines do not wait by this clock, which goes like that of the machine otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self._waited = threading.local()

    def monotonic(self) -> float:
        return time.monotonic() + float(getattr(self._waited, "seconds", 0.0))

    def wait(self, event: threading.Event, seconds: float) -> None:
        self._waited.seconds = getattr(self._waited, "seconds", 0.0) + seconds


class StoppedClock(Clock):
    """Time passes only when it is advanced."""

    def __init__(self) -> None:
        self._now = 1_795_338_000.0

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds

    def time(self) -> float:
        return self._now
