"""What inhibits injection and new alerts: maintenance windows and failing dependencies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import datetime

from .machine import Observation, is_failing, step
from .policy import Policy
from .pool import Call, Job, Reply
from .state import State


class Inhibition:
    """Inhibitions in one run.

    `names` are the events that the run observes. `state_before` returns the state of an event
    before the period. `until` is the monotonic time until which an event waits for its parents.
    """

    def __init__(
        self,
        policies: Mapping[str, Policy],
        names: Iterable[str],
        state_before: Callable[[str], State],
        now: datetime,
        until: float,
    ) -> None:
        self._policies = policies
        self._state_before = state_before
        self._now = now
        self._until = until
        parents = {parent for name in names for parent in policies[name].depends_on}
        self._observed = {name: threading.Event() for name in names if name in parents}
        self._failing: dict[str, bool] = {}

    def watch(
        self, policy: Policy, state: State, job: Job[Observation | None]
    ) -> Job[Observation | None]:
        """Run `job`, which observes an event, and let the events that depend on it wait for it."""
        name = policy.name
        if name not in self._observed:
            return (yield from job)
        try:
            seen = yield from job
            if seen is not None:
                after = step(policy, state, seen, self._now)
                self._failing[name] = is_failing(policy, after)
            return seen
        finally:
            self._observed[name].set()

    def of(self, policy: Policy) -> Generator[Call, Reply, str | None]:
        """Return the status of an inhibited event, or None if the event is not inhibited."""
        if any(window.contains(self._now) for window in policy.maintenance):
            return "maintenance"
        for parent in policy.depends_on:
            if parent in self._observed:
                yield Call(self._observed[parent].wait, (), self._until)
            if self._fails(parent):
                return f"blocked ({parent})"
        return None

    def _fails(self, name: str) -> bool:
        """Whether an event fails, as observed in this period or, if it was not, before it."""
        if name in self._failing:
            return self._failing[name]
        policy = self._policies.get(name)
        return policy is not None and is_failing(policy, self._state_before(name))
