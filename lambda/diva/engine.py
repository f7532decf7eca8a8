"""One period: observe the events, fold what was seen into their state, deliver what is due.

`machine` holds the rules, `probe` the callbacks, `stores` the state; this is where they meet.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import NamedTuple, TypeVar

from . import notification
from .dependencies import causes_first
from .machine import (
    Effect,
    Observation,
    Outcome,
    delivered,
    is_failing,
    restored,
    settle,
    step,
)
from .policy import Policies, Policy
from .pool import Call, Done, Job, Pool, Reply
from .probe import Probe, log_skipped
from .redact import Redactor
from .report import log, log_transition
from .state import Claim, InvalidState, Record, State, from_record, to_record
from .stores import Changes, Snapshot, Store, StoreError, commit

T = TypeVar("T")

RESERVE_SEC = 12.0
"""Kept of the invocation's time for saving; the AWS clients' timeouts and retries fit into it."""
DELIVERY_SEC = 10.0
"""Kept of the rest for delivering, so that a hung detection cannot use up an alert's time."""
LARGEST_SHARE = 0.25
"""No more of the remaining time than this is kept for either."""
LEFT_TO_FAIL_SEC = 0.2
"""Left at the very end to say what is wrong before Lambda ends the process."""


def _utc_now() -> datetime:
    now = datetime.now(timezone.utc)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)  # as precise as it is stored


@dataclass(slots=True)
class EventRun:
    """What became of one event in this period."""

    before: State
    seen: Observation
    after: State
    effect: Effect | None
    """What this run has claimed to deliver."""
    outcome: Outcome | None = None
    """What became of that."""

    @property
    def sent(self) -> Effect | None:
        """What this run delivered."""
        return self.effect if self.outcome is Outcome.OK else None


class Period(NamedTuple):
    """The outcome of one period."""

    run_id: str
    runs: Mapping[str, EventRun]
    """By event; events that were not observed are missing."""
    errors: Mapping[str, str]
    """By event: why its state could not be read or written."""
    duration_ms: float


class Engine:
    """Runs one period after the other; a callback that hangs in one is known in the next.

    `ordered` keeps the events in the order given; otherwise it is another one in each run,
    so that no event is always the last to get a turn.
    """

    def __init__(
        self,
        pool: Pool,
        redact: Redactor,
        ordered: bool = False,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._pool = pool
        self._redact = redact
        self._ordered = ordered
        self._now = now

    def run_shared(
        self, policies: Policies, store: Store, run_id: str, remaining_sec: float
    ) -> Period:
        """Run a period of events that share one document, in at most `remaining_sec`.

        Raises StoreError before a callback is called where the state cannot be read, and
        after them where it cannot be written.
        """
        run = self._begin(policies, run_id, remaining_sec)
        snapshot = store.read()
        states = run.states(snapshot, policies.valid)
        run.stored = states.__getitem__
        observed = run.on_pool(
            {name: partial(run.observe, name, states[name]) for name in run.names},
            run.observe_until,
        )
        seen = {name: found for name, found in observed.items() if found is not None}
        snapshot = run.save(store, snapshot, seen)
        claimed = [name for name in seen if run.runs[name].effect]
        run.on_pool({name: partial(run.deliver, name) for name in claimed}, run.deliver_until)
        run.save_deliveries(store, snapshot, claimed)
        return run.result()

    def run_separate(
        self,
        policies: Policies,
        store_of: Callable[[str], Store],
        run_id: str,
        remaining_sec: float,
    ) -> Period:
        """Run a period of events with a store each, in at most `remaining_sec`.

        Reading, callbacks and writing of an event happen on its worker. One whose store
        fails is listed in the result's errors; the others go on.
        """
        run = self._begin(policies, run_id, remaining_sec)
        run.stored = lambda name: run.states(store_of(name).read(), [name])[name]

        def whole(name: str) -> Job[None]:
            store = store_of(name)
            snapshot = store.read()
            seen = yield from run.observe(name, run.states(snapshot, [name])[name])
            if seen is None:
                return
            snapshot = run.save(store, snapshot, {name: seen})
            if run.runs[name].effect:
                yield from run.deliver(name)
                run.save_deliveries(store, snapshot, [name])

        run.on_pool({name: partial(whole, name) for name in run.names}, run.observe_until)
        return run.result()

    def _begin(self, policies: Policies, run_id: str, remaining_sec: float) -> _Run:
        names = []
        for name, policy in policies.valid.items():
            if policy.detects or policy.injects:
                names.append(name)
            else:
                log_skipped("Injection" if policy.role == "detect" else "Detection", policy)
        if names and not self._ordered:
            first = zlib.crc32(run_id.encode()) % len(names)
            names = names[first:] + names[:first]
        names = causes_first(names, {name: policies.valid[name].depends_on for name in names})
        return _Run(policies, names, self._pool, self._redact, self._now, run_id, remaining_sec)


class _Run:
    """One period under way. Its jobs touch `runs` at the key of their own event only."""

    def __init__(
        self,
        policies: Policies,
        names: list[str],
        pool: Pool,
        redact: Redactor,
        now: Callable[[], datetime],
        run_id: str,
        remaining_sec: float,
    ) -> None:
        self._begun = begun = time.monotonic()
        deliver_sec = remaining_sec - min(RESERVE_SEC, remaining_sec * LARGEST_SHARE)
        observe_sec = deliver_sec - min(DELIVERY_SEC, deliver_sec * LARGEST_SHARE)
        self.observe_until = begun + observe_sec
        self.deliver_until = begun + deliver_sec
        self.names = names
        self.runs: dict[str, EventRun] = {}
        self.stored: Callable[[str], State]
        """How to get the state that an event's period begins with."""
        self._began = now()
        causes = {cause for name in names for cause in policies.valid[name].depends_on}
        self._observed = {name: threading.Event() for name in names if name in causes}
        self._failing: dict[str, bool] = {}
        self._end = begun + remaining_sec - min(LEFT_TO_FAIL_SEC, remaining_sec * LARGEST_SHARE)
        # Until then it can still be recorded that a delivery succeeded.
        self._claim = Claim(run_id, self._began + timedelta(seconds=remaining_sec))
        self._policies = policies
        self._pool = pool
        self._now = now
        self._errors: dict[str, str] = {}
        self._restored: dict[str, tuple[Record | None, State, InvalidState | None]] = {}
        self._probe = Probe(pool, redact, self._began, self.observe_until, self.deliver_until)

    def observe(self, name: str, state: State) -> Job[Observation | None]:
        """Observe an event; those that depend on it wait for this to end."""
        policy = self._policies.valid[name]
        try:
            seen = yield from self._probe.observe(policy, state, self._held(policy))
            if seen is not None and name in self._observed:
                self._failing[name] = is_failing(policy, step(policy, state, seen, self._began))
        finally:
            if name in self._observed:
                self._observed[name].set()
        return seen

    def _held(self, policy: Policy) -> Generator[Call, Reply, str | None]:
        """Return what injection and alerts of an event have to wait for, if anything."""
        if any(window.contains(self._began) for window in policy.maintenance):
            return "maintenance"
        for cause in policy.depends_on:
            if cause in self._observed:
                yield Call(self._observed[cause].wait, (), self.observe_until)
            if self._fails(cause):
                return f"blocked ({cause})"
        return None

    def _fails(self, name: str) -> bool:
        """Whether an event fails: as seen in this period, or where it was not, before."""
        if name in self._failing:
            return self._failing[name]
        policy = self._policies.valid.get(name)
        return policy is not None and is_failing(policy, self.stored(name))

    def deliver(self, name: str) -> Job[None]:
        """Deliver what this run has claimed for an event, and note what became of it."""
        run, policy = self.runs[name], self._policies.valid[name]
        assert run.effect is not None, "only what was claimed is delivered"
        resolution = run.effect is Effect.RESOLUTION
        basis = run.before if resolution else run.after
        facts = notification.facts(policy, basis, run.effect, self._claim.run_id)
        text = notification.message(facts)
        callback = policy.resolve if resolution else policy.alert
        what = "Resolving event" if resolution else "Alerting for event"
        log.info("%s '%s'", what, name, extra={"event": name, "kind": facts.kind})
        if callback is None:
            log.error("ALERT: %s", text, extra={"event": name, "kind": facts.kind})
            run.outcome = Outcome.OK
        else:
            run.outcome = yield from self._probe.deliver(policy, callback, text, facts)
        if run.sent:
            log.info("Event '%s' %s", name, "resolved" if resolution else "alerted",
                     extra={"event": name, "kind": facts.kind})  # fmt: skip

    def states(self, snapshot: Snapshot, names: Iterable[str]) -> dict[str, State]:
        """Return the states that the period begins with, and say which stored ones are invalid."""
        states = {}
        for name in names:
            record = snapshot.records.get(name)
            states[name], error = self._restore(name, record)
            if error:
                log.error("State of event '%s' is invalid, starting at defaults: %s; found %s",
                          name, error, record, extra={"event": name})  # fmt: skip
        return states

    def save(self, store: Store, snapshot: Snapshot, seen: Mapping[str, Observation]) -> Snapshot:
        """Fold what was seen into the state, claim what is due, and write what changed."""

        def fold(snapshot: Snapshot) -> Changes:
            now = self._now()
            changes: dict[str, Record | None] = {}
            for name, observation in seen.items():
                policy = self._policies.valid[name]
                record = snapshot.records.get(name)
                before, invalid = self._restore(name, record)
                after, effect = settle(policy, before, observation, now, self._claim)
                self.runs[name] = EventRun(before, observation, after, effect)
                if invalid or (after is not before and after != before):
                    changes[name] = to_record(after)
            return self._without_undefined(snapshot, changes)

        snapshot = commit(store, snapshot, fold)
        for name in seen:
            run = self.runs[name]
            log_transition(self._policies.valid[name], run.before, run.after, run.seen)
        return snapshot

    def save_deliveries(self, store: Store, snapshot: Snapshot, names: Iterable[str]) -> None:
        """Fold what became of the deliveries into the state, and write it."""
        attempted = [(name, self.runs[name]) for name in names]

        def fold(snapshot: Snapshot) -> Changes:
            now = self._now()
            changes: dict[str, Record | None] = {}
            for name, run in attempted:
                assert run.effect is not None, "only what was claimed is delivered"
                outcome = run.outcome or Outcome.TIMEOUT
                before, _ = self._restore(name, snapshot.records.get(name))
                run.after = delivered(before, run.effect, outcome, self._claim.run_id, now)
                if run.after != before:
                    changes[name] = to_record(run.after)
            return changes

        commit(store, snapshot, fold)

    def _restore(self, name: str, record: Record | None) -> tuple[State, InvalidState | None]:
        """Return the state in `record`, or that of a new event and the reason why not.

        A record is read once, however often it is folded over.
        """
        known = self._restored.get(name)
        if known is None or known[0] is not record:
            policy = self._policies.valid[name]
            try:
                state = restored(policy, None if record is None else from_record(record))
                known = record, state, None
            except InvalidState as error:
                known = record, restored(policy, None), error
            self._restored[name] = known
        return known[1], known[2]

    def on_pool(self, jobs: Mapping[str, Callable[[], Job[T]]], until: float) -> dict[str, T]:
        """Run the jobs, note the errors of those that failed, and return what the others did."""
        results: dict[str, T] = {}
        for name, done in self._pool.run(jobs.items(), until, self._end).items():
            if done.error is not None:
                self._note(name, done)
            else:
                results[name] = done.value  # type: ignore[assignment]  # None only where T is
        return results

    def result(self) -> Period:
        duration_ms = (time.monotonic() - self._begun) * 1000
        return Period(self._claim.run_id, self.runs, self._errors, duration_ms)

    def _note(self, name: str, done: Done[T]) -> None:
        if not isinstance(done.error, (StoreError, TimeoutError)):
            log.error("Event '%s' failed inside DIVA", name, exc_info=done.error)
        self._errors[name] = str(done.error)

    def _without_undefined(self, snapshot: Snapshot, changes: dict[str, Record | None]) -> Changes:
        """Add that events which are no longer defined are dropped, if anything is written."""
        if changes:
            for name in snapshot.records:
                if not self._policies.is_defined(name):
                    log.info("State of event '%s' dropped: it is no longer defined", name,
                             extra={"event": name})  # fmt: skip
                    changes[name] = None
        return changes
