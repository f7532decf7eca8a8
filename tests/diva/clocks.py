"""Clocks for tests, none of which depends on how fast the machine is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timezone

from diva.clock import Clock
from tests.processes import PATIENCE_SEC

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)


class ManualClock(Clock):
    """A clock that stands still until a test moves it on, and that what sleeps moves on itself."""

    def __init__(self) -> None:
        self.time = BEGIN
        """What the calendar says, which does not move on by itself either."""
        self._sec = 0.0
        self._waiting: list[threading.Condition] = []

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self._sec

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass, and wake all that waits."""
        self._sec += seconds
        for condition in list(self._waiting):
            with condition:
                condition.notify_all()

    def wait(self, condition: threading.Condition, until: float) -> None:
        self._waiting.append(condition)
        if self._sec < until:
            assert condition.wait(PATIENCE_SEC), "nobody has moved the clock on"
        self._waiting.remove(condition)

    def taking(self, seconds: float, answer: object = True) -> Callable[[], object]:
        """Return a call that takes `seconds` and gives `answer`."""

        def call() -> object:
            self.advance(seconds)
            return answer

        return call

    def hang(self, seconds: float, gate: threading.Event) -> Callable[[], object]:
        """Return a call that takes `seconds`, and then goes on until `gate` opens."""

        def call() -> object:
            self.advance(seconds)
            return gate.wait()

        return call


class Calendar(ManualClock):
    """A clock that stands still as well, but for a calendar of its own."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now

    def now(self) -> datetime:
        return self._now()
