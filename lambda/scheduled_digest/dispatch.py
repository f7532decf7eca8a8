"""Requesting the digests of many monitors, each by one run only."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from urllib.parse import quote

from diva_common.runs import Clock

from .backend import Backend, OutOfTime, Refused
from .leases import Held, Lease, Leases
from .monitors import Monitor
from .redaction import redacted

log = logging.getLogger(__name__)

POLL_SEC = 5.0
"""How often a run looks whether another one has requested a digest."""


class Outcome(Enum):
    """What became of the digest of a monitor."""

    TRIGGERED = auto()
    SKIPPED = auto()
    """It was triggered by another run in the same period."""
    FAILED = auto()
    LEFT = auto()
    """There was no time, or another run was about to trigger it."""


@dataclass(frozen=True, slots=True)
class Times:
    """The time that a run has."""

    begin_until: float
    """The monotonic time from which on no digest is begun."""
    until: float
    """The monotonic time at which the last request ends."""
    run_ends_at: float
    """The time at which Lambda ends the run, in seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What became of the digests, in the order of the monitors."""

    outcomes: Sequence[Outcome]

    @property
    def counts(self) -> Counter[Outcome]:
        return Counter(self.outcomes)

    @property
    def first_left(self) -> int | None:
        """The index of the first monitor that is left."""
        is_left = (index for index, each in enumerate(self.outcomes) if each is Outcome.LEFT)
        return next(is_left, None)


class Dispatcher:
    """Requests digests on several threads."""

    def __init__(self, leases: Leases, backend: Backend, threads: int, clock: Clock) -> None:
        self.leases = leases
        self.backend = backend
        self.threads = threads
        self.clock = clock

    def dispatch(
        self, monitors: Sequence[Monitor], periods: Mapping[str, str], times: Times
    ) -> Dispatched:
        """Request the digest of each monitor for the period of its frequency.

        Waits for leases of other runs to end, since these may have ended without a request.
        """
        work = _Work(self, monitors, periods, times)
        work.run(range(len(monitors)))
        while (held := work.take_held()) and self.clock.monotonic() < times.begin_until:
            expires = min(held.values()) - self.clock.time()
            left = times.begin_until - self.clock.monotonic()
            self.clock.sleep(max(0.0, min(POLL_SEC, expires, left)))
            work.run(sorted(held))
        done = Dispatched(work.outcomes)
        if done.first_left is not None:
            self._sit_out_pause(times)
        return done

    def _sit_out_pause(self, times: Times) -> None:
        """Wait while the backend wants no requests, instead of continuing at once."""
        until = min(self.backend.paused_until, times.begin_until)
        self.clock.sleep(max(0.0, until - self.clock.monotonic()))


def lease_id(monitor: Monitor, periods: Mapping[str, str]) -> str:
    """Return the ID of the digest of a monitor in the period of its frequency."""
    assert monitor.frequency is not None
    frequency = monitor.frequency
    return f"{frequency}#{periods[frequency]}#{quote(str(monitor.id), safe='')}"


class _Work:
    def __init__(
        self,
        dispatcher: Dispatcher,
        monitors: Sequence[Monitor],
        periods: Mapping[str, str],
        times: Times,
    ) -> None:
        self.outcomes = [Outcome.LEFT] * len(monitors)
        self._dispatcher = dispatcher
        self._monitors = monitors
        self._periods = periods
        self._times = times
        self._waiting: deque[int] = deque()
        self._held: dict[int, float] = {}
        self._errors: deque[BaseException] = deque()

    def run(self, indexes: Iterable[int]) -> None:
        """Process the monitors with these indexes. Raises what ended a thread."""
        self._waiting.extend(indexes)
        number = min(self._dispatcher.threads, len(self._waiting))
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(number)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        if self._errors:
            raise self._errors.popleft()

    def take_held(self) -> Mapping[int, float]:
        """Return the monitors that other runs are processing, by index, and until when."""
        held, self._held = self._held, {}
        return held

    def _work(self) -> None:
        try:
            while self._may_begin():
                try:
                    index = self._waiting.popleft()
                except IndexError:
                    return
                self.outcomes[index] = self._process(index)
        except BaseException as error:
            self._errors.append(error)

    def _may_begin(self) -> bool:
        is_paused = self._dispatcher.backend.paused_until >= self._times.until
        return not is_paused and self._dispatcher.clock.monotonic() < self._times.begin_until

    def _process(self, index: int) -> Outcome:
        monitor = self._monitors[index]
        leases = self._dispatcher.leases
        repo = redacted(monitor.repo)
        if not monitor.repo:
            return _failed(f"monitor {redacted(monitor.id)}", "It has no repo")
        key = lease_id(monitor, self._periods)
        try:
            found = leases.claim(key, self._times.run_ends_at)
        except Exception as error:  # of boto3, which has no class for all of its errors
            return _failed(repo, f"Its lease could not be claimed: {_described(error)}")
        if found is Lease.SENT:
            log.debug("Skipping %s, whose digest has already been triggered", repo)
            return Outcome.SKIPPED
        if isinstance(found, Held):
            self._held[index] = found.until
            return Outcome.LEFT
        delivery = redacted(monitor.delivery_method or "unknown")
        log.info("Triggering digest for repo: %s (delivery: %s)", repo, delivery)
        try:
            self._dispatcher.backend.request_digest(
                monitor, key, self._times.begin_until, self._times.until
            )
        except OutOfTime:
            self._release(key)
            return Outcome.LEFT
        except Refused as reason:
            self._release(key)
            return _failed(repo, str(reason))
        try:
            leases.record(key)
        except Exception as error:
            return _failed(repo, f"Triggered, but not recorded: {_described(error)}")
        log.info("Successfully triggered digest for %s", repo)
        return Outcome.TRIGGERED

    def _release(self, key: str) -> None:
        try:
            self._dispatcher.leases.release(key)
        except Exception as error:
            log.warning("A lease could not be released: %s", _described(error))


def _described(error: Exception) -> str:
    return redacted(": ".join(filter(None, [type(error).__name__, str(error)])))


def _failed(repo: str, reason: str) -> Outcome:
    log.error("Failed to trigger digest for %s - %s", repo, reason)
    return Outcome.FAILED
