"""One period: observe the events, save what was seen, deliver what is due.

`machine` holds the rules, `probe` observes an event, `alerts` saves and delivers; this is where
they meet.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TypeVar

from . import report
from .alerts import Alerts
from .callbacks import Callbacks
from .deadlines import Deadlines
from .dependencies import parents_first
from .inhibition import Inhibition
from .machine import Observation
from .period import EventRun, Invocation, Period
from .policy import Policies
from .pool import Job, Pool
from .probe import Probe
from .redact import Redactor
from .state import Claim, State
from .states import States
from .stores import Store, StoreError

T = TypeVar("T")


class Engine:
    """Runs one period after another, and knows in each which callbacks still hang.

    With `ordered`, events run in the order given. Otherwise the order changes from run to run,
    so that no event is always the last to get a turn.
    """

    def __init__(self, pool: Pool, redact: Redactor, ordered: bool = False) -> None:
        self._pool = pool
        self._callbacks = Callbacks(pool, redact)
        self._ordered = ordered

    def run_shared(self, policies: Policies, store: Store, invocation: Invocation) -> Period:
        """Run a period of events that share one document.

        Raises StoreError before calling any callback if the state cannot be read, and
        afterwards if it cannot be written.
        """
        run = _Run(self._pool, self._callbacks, policies, invocation)
        names = self._in_turn(policies, invocation)
        snapshot = store.read()
        before = run.states.at_begin(snapshot, policies.valid)
        observe = run.observer(names, before.__getitem__)
        observed = run.on_pool(
            {name: partial(observe, name, before[name]) for name in names}, run.deadlines.observe
        )
        seen = {name: found for name, found in observed.items() if found is not None}
        snapshot, runs = run.alerts.save_and_claim(store, snapshot, seen)
        claimed = {name: each for name, each in runs.items() if each.claimed}
        outcomes = run.on_pool(
            {name: partial(run.alerts.deliver, name, each) for name, each in claimed.items()},
            run.deadlines.deliver,
        )
        attempted = {
            name: each._replace(outcome=outcomes.get(name)) for name, each in claimed.items()
        }
        return run.period(runs | run.alerts.record(store, snapshot, attempted))

    def run_separate(
        self,
        policies: Policies,
        store_of: Callable[[str], Store],
        invocation: Invocation,
    ) -> Period:
        """Run a period of events with a store each.

        A worker thread reads, observes and writes an event. If a store fails, the result lists
        the error of that event, and the other events continue.
        """
        run = _Run(self._pool, self._callbacks, policies, invocation)
        names = self._in_turn(policies, invocation)

        def state_before(name: str) -> State:
            return run.states.at_begin(store_of(name).read(), [name])[name]

        observe = run.observer(names, state_before)
        runs: dict[str, EventRun] = {}

        def whole(name: str) -> Job[None]:
            store = store_of(name)
            snapshot = store.read()
            seen = yield from observe(name, run.states.at_begin(snapshot, [name])[name])
            if seen is None:
                return
            snapshot, saved = run.alerts.save_and_claim(store, snapshot, {name: seen})
            runs.update(saved)
            if saved[name].claimed:
                outcome = yield from run.alerts.deliver(name, saved[name])
                runs[name] = saved[name]._replace(outcome=outcome)
                runs.update(run.alerts.record(store, snapshot, {name: runs[name]}))

        run.on_pool({name: partial(whole, name) for name in names}, run.deadlines.observe)
        return run.period(runs)

    def _in_turn(self, policies: Policies, invocation: Invocation) -> list[str]:
        """Return the events that this run observes, in the order of their turns."""
        names = []
        for name, policy in invocation.shard.of(policies.valid).items():
            if policy.detects or policy.injects:
                names.append(name)
            else:
                report.log_skipped("Injection" if policy.role == "detect" else "Detection", policy)
        if names and not self._ordered:
            first = zlib.crc32(invocation.run_id.encode()) % len(names)
            names = names[first:] + names[:first]
        return parents_first(names, {name: policies.valid[name].depends_on for name in names})


class _Run:
    """What the parts of a run share: its deadlines, its claim and the errors of its events."""

    def __init__(
        self,
        pool: Pool,
        callbacks: Callbacks,
        policies: Policies,
        invocation: Invocation,
    ) -> None:
        self._pool = pool
        self._policies = policies
        self._invocation = invocation
        self._clock = pool.clock
        self._begun = self._clock.monotonic()
        self._now = self._clock.now()
        self._errors: dict[str, str] = {}
        self._callbacks = callbacks
        self._observed = self._begun
        self.deadlines = Deadlines.after(self._begun, invocation.remaining_sec)
        self.states = States(policies.valid)
        # The claim lasts until the end, since a delivery can still be recorded then.
        expires = self._now + timedelta(seconds=invocation.remaining_sec)
        claim = Claim(invocation.run_id, expires)
        self.alerts = Alerts(policies, self.states, callbacks, invocation, claim, self.deadlines)

    def observer(
        self, names: list[str], state_before: Callable[[str], State]
    ) -> Callable[[str, State], Job[Observation | None]]:
        """Return a function that observes an event, given its state before the period."""
        until = self.deadlines.observe
        policies = self._policies.valid
        probe = Probe(self._callbacks, self._now, until)
        inhibition = Inhibition(policies, names, state_before, self._now, until)

        def observe(name: str, state: State) -> Job[Observation | None]:
            policy = policies[name]
            job = probe.observe(policy, state, inhibition.of(policy))
            seen = yield from inhibition.watch(policy, state, job)
            self._observed = self._clock.monotonic()
            return seen

        return observe

    def on_pool(self, jobs: Mapping[str, Callable[[], Job[T]]], until: float) -> dict[str, T]:
        """Run jobs and return the results of those that succeeded. Errors are kept for `period`."""
        results: dict[str, T] = {}
        for name, done in self._pool.run(jobs.items(), until, self.deadlines.end).items():
            if done.error is None:
                results[name] = done.value  # type: ignore[assignment]  # None only where T is
                continue
            if not isinstance(done.error, (StoreError, TimeoutError)):
                report.log_internal_error(name, done.error)
            self._errors[name] = str(done.error)
        return results

    def period(self, runs: Mapping[str, EventRun]) -> Period:
        """Return the outcome of the run."""
        duration_ms = (self._clock.monotonic() - self._begun) * 1000
        given_sec = self.deadlines.observe - self._begun
        used = min(1.0, (self._observed - self._begun) / given_sec) if given_sec > 0 else 1.0
        return Period(self._invocation, runs, self._errors, duration_ms, used)
