"""What holds injection and new alerts of an event back: a window, or an event it depends on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import datetime

from .machine import Observation, is_failing, step
from .policy import Policy
from .pool import Call, Job, Reply
from .state import State


class Inhibition:
    """Who inhibits whom in one run.

    `names` are the events that the run observes, `state_before` returns the state that an
    event's period begins with, and `until` is the monotonic time up to which an event waits
    for those it depends on.
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
        """Observe an event by `job`; the events that depend on it wait for the end of this."""
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
        """Return the status of an event that is inhibited, or None for one that is not."""
        if any(window.contains(self._now) for window in policy.maintenance):
            return "maintenance"
        for parent in policy.depends_on:
            if parent in self._observed:
                yield Call(self._observed[parent].wait, (), self._until)
            if self._fails(parent):
                return f"blocked ({parent})"
        return None

    def _fails(self, name: str) -> bool:
        """Whether an event fails: as seen in this period, or where it was not, before."""
        if name in self._failing:
            return self._failing[name]
        policy = self._policies.get(name)
        return policy is not None and is_failing(policy, self._state_before(name))
