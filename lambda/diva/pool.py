"""A thread pool that no hanging call can block.

A job is a generator that yields the calls it wants made and is sent what became of each.
The calls run on the pool's daemon threads. One that overruns its limit is abandoned: its
thread is left to itself, its late result is dropped, and the job goes on elsewhere as if the
call had answered `timed_out`. What a job does between its calls is never abandoned.
"""

from __future__ import annotations

import math
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from .clock import Clock

T = TypeVar("T")


# Named tuples, because they are created for every event in every period.
class Call(NamedTuple):
    """A call to make, and the monotonic time at which it is abandoned."""

    function: Callable[..., object]
    arguments: tuple[object, ...]
    until: float
    key: Hashable = None
    """Identifies the call in `Pool.is_hung` after it has been abandoned."""


class Reply(NamedTuple):
    """The outcome of a call: it returned `value`, raised `error`, or neither."""

    value: object = None
    error: BaseException | None = None
    timed_out: bool = False
    not_run: bool = False
    """No time was left to start it."""


Job = Generator[Call, Reply, T]

_TIMED_OUT = Reply(timed_out=True)
_NOT_RUN = Reply(not_run=True)


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """How a job ended: with its return value, or with the error that it raised."""

    value: T | None = None
    error: Exception | None = None


class Pool:
    """Runs jobs on up to `workers` threads at once, plus one for each hung call.

    Times are those of `clock`.
    """

    def __init__(self, workers: int, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self._workers = workers
        self._lock = threading.Lock()
        self._hung: Counter[Hashable] = Counter()

    def is_hung(self, key: Hashable) -> bool:
        """Whether a call with this key has been abandoned, and is still running."""
        return self._hung[key] > 0

    def run(
        self, jobs: Iterable[tuple[str, Callable[[], Job[T]]]], until: float, give_up: float
    ) -> dict[str, Done[T]]:
        """Run named jobs, started in the given order, and return how each ended.

        No job is begun from the monotonic time `until` on; such jobs are not in the result.
        At `give_up` the wait ends even for jobs that are busy between their calls: these are
        said to have ended with a TimeoutError.
        """
        batch = _Batch(jobs, self.clock, self._lock, self._hung)
        return batch.run(self._workers, until, give_up)


@dataclass(eq=False, slots=True)
class _Running(Generic[T]):
    name: str
    job: Job[T]
    call: Call


class _Batch(Generic[T]):
    """One `Pool.run`.

    What happens for every call uses no lock, only operations on sets, dicts and deques that are
    atomic. Otherwise, as soon as one thread waited for the lock, all would wait for it at each
    call, and the switches between them would cost several times as much as the rest.
    """

    def __init__(
        self,
        jobs: Iterable[tuple[str, Callable[[], Job[T]]]],
        clock: Clock,
        lock: threading.Lock,
        hung: Counter[Hashable],
    ) -> None:
        self._waiting = deque(jobs)
        self._clock = clock
        self._lock = lock
        self._changed = threading.Condition(lock)
        self._hung = hung
        self._begun: dict[str, None] = {}
        self._until = 0.0
        self._running: set[_Running[T]] = set()
        self._wake_at = 0.0
        self._working = 0
        self._done: dict[str, Done[T]] = {}

    def run(self, workers: int, until: float, give_up: float) -> dict[str, Done[T]]:
        self._until = until
        self._working = min(workers, len(self._waiting))
        for _ in range(self._working):
            self._start(self._work)
        with self._changed:
            while self._working:
                now = self._clock.monotonic()
                if now >= give_up:
                    break
                self._abandon_overdue(now)
                # Calls that are not in the copy notify, since their threads see this value.
                self._wake_at = math.inf
                limits = [running.call.until for running in self._running.copy()]
                self._wake_at = min([give_up, *limits])
                self._clock.wait(self._changed, self._wake_at)
        unfinished: Done[T] = Done(error=TimeoutError("it did not end before the run had to"))
        return {name: self._done.get(name, unfinished) for name in self._begun.copy()}

    def _abandon_overdue(self, now: float) -> None:
        for running in self._running.copy():
            if running.call.until <= now and self._remove(running):
                self._hung[running.call.key] += 1
                self._start(self._work, running)

    def _remove(self, running: _Running[T]) -> bool:
        """Remove a call; False if it was abandoned, or has returned, in the meantime."""
        try:
            self._running.remove(running)
        except KeyError:
            return False
        return True

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=target, args=arguments, daemon=True).start()

    def _work(self, abandoned: _Running[T] | None = None) -> None:
        """Finish the job whose call was abandoned, if any, and then run jobs that wait."""
        if abandoned is not None and not self._drive(abandoned.name, abandoned.job, _TIMED_OUT):
            return
        while self._clock.monotonic() < self._until:
            try:
                name, begin = self._waiting.popleft()
            except IndexError:
                break
            self._begun[name] = None
            if not self._drive(name, begin(), None):
                return
        with self._changed:
            self._working -= 1
            if not self._working:
                self._changed.notify()

    def _drive(self, name: str, job: Job[T], reply: Reply | None) -> bool:
        """Run `job` to its end; False if one of its calls was abandoned with this thread."""
        try:
            while True:
                call = next(job) if reply is None else job.send(reply)
                if call.until <= self._clock.monotonic():
                    reply = _NOT_RUN
                    continue
                running = _Running(name, job, call)
                self._running.add(running)
                if call.until < self._wake_at:
                    with self._changed:
                        self._changed.notify()
                reply = _make(call)
                if not self._remove(running):
                    with self._lock:
                        self._hung[call.key] -= 1
                    return False
        except StopIteration as end:
            self._done[name] = Done(end.value)
        except Exception as error:
            self._done[name] = Done(error=error)
        return True


def _make(call: Call) -> Reply:
    try:
        return Reply(call.function(*call.arguments))
    except BaseException as error:  # SystemExit included: it is the callback's, not the process's
        return Reply(error=error)
