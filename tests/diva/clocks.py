"""Clocks for tests, none of which depends on how fast the machine is."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import datetime, timezone

from diva.clock import Clock
from tests.processes import PATIENCE_SEC

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)
LONG = 30.0
"""Seconds that are more than a run needs, on a clock that does not pass by itself."""


class ManualClock(Clock):
    """A clock that stands still until a test moves it on, and that what sleeps moves on itself."""

    def __init__(self) -> None:
        self.time = BEGIN
        """What the calendar says, which does not move on by itself either."""
        self.on_sleep: Callable[[], object] = lambda: None
        """Called whenever something sleeps, before time passes."""
        self._sec = 0.0
        self._waiting: list[threading.Condition] = []

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self._sec

    def sleep(self, seconds: float) -> None:
        self.on_sleep()
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


class CrowdClock(Clock):
    """A clock for a number of threads, which moves on when all of them sleep.

    It moves to the time at which the first of them wakes, and wakes one at a time, so that
    nothing happens twice at the same moment. Each thread calls `leave` when it is done.
    """

    def __init__(self, threads: int) -> None:
        self._awake = threads
        self._sec = 0.0
        self._sleeping: list[tuple[float, int]] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        self._turn: int | None = None

    def monotonic(self) -> float:
        return self._sec

    def sleep(self, seconds: float) -> None:
        with self._changed:
            mine = next(self._count)
            heapq.heappush(self._sleeping, (self._sec + seconds, mine))
            self._rest()
            assert self._changed.wait_for(lambda: self._turn == mine, PATIENCE_SEC)

    def leave(self) -> None:
        """Let time pass without this thread from now on."""
        with self._changed:
            self._rest()

    def _rest(self) -> None:
        self._awake -= 1
        if self._awake == 0 and self._sleeping:
            self._sec, self._turn = heapq.heappop(self._sleeping)
            self._awake = 1
            self._changed.notify_all()


class Calendar(ManualClock):
    """A clock that stands still as well, but for a calendar of its own."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now

    def now(self) -> datetime:
        return self._now()
