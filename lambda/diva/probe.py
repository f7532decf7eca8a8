"""Observes one event in one period: detects, injects if the rules say so, and verifies."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime

from . import report
from .callbacks import STILL_RUNNING, Callbacks, Result
from .machine import Observation, Outcome, injection_due, step
from .policy import Callback, Policy, Retry
from .pool import Call, Job, Reply
from .state import State


class Probe:
    """Observes events until the monotonic time `until`.

    `now` is the time at which the period began, which is precise enough for its decisions.
    """

    def __init__(self, callbacks: Callbacks, now: datetime, until: float) -> None:
        self._callbacks = callbacks
        self._now = now
        self._until = until

    def observe(
        self, policy: Policy, state: State, inhibited: Generator[Call, Reply, str | None]
    ) -> Job[Observation | None]:
        """Detect, inject and verify. Returns None if no time was left to start.

        `inhibited` runs if the event is not healthy, and returns what inhibits it.
        """
        if self._callbacks.is_observing(policy):
            report.log_not_called(policy, STILL_RUNNING)
            return replace(_still_running(policy), inhibited=(yield from inhibited))
        if policy.detects:
            report.log_detecting(policy)
            result = yield from self._detect(policy, policy.detect, policy.retry)
            if result is None:
                return None
            seen = Observation(detection=result.outcome, error=result.error)
            if seen.healthy:
                report.log_success("Detection", policy, result.duration_ms)
                return seen
            state_now = step(policy, state, seen, self._now)
            report.log_failed_detection(policy, result.outcome, state_now, result.duration_ms)
        else:
            report.log_skipped("Detection", policy)
            seen = Observation()
            state_now = step(policy, state, seen, self._now)
        seen = replace(seen, inhibited=(yield from inhibited))
        if not policy.injects:
            report.log_skipped("Injection", policy)
        elif not injection_due(policy, state_now):
            pass
        elif seen.inhibited:
            report.log_injection_waits(policy, seen.inhibited)
        else:
            seen = yield from self._inject_and_verify(policy, state, seen)
            if seen.detection is None and seen.injection is None:
                return None
        return seen

    def _detect(
        self, policy: Policy, detect: Callback | None, retry: Retry
    ) -> Generator[Call, Reply, Result | None]:
        assert detect is not None, "a valid policy that detects has a detect function"
        result = yield from self._callbacks.ask(policy, detect, "detect", self._until)
        for _ in range(retry.attempts):
            if result is None or result.outcome is Outcome.OK:
                break
            if not (yield from self._callbacks.pause(retry.delay_sec, self._until)):
                break
            again = yield from self._callbacks.ask(policy, detect, "detect", self._until)
            if again is None:
                break
            result = again
        return result

    def _inject_and_verify(
        self, policy: Policy, before: State, seen: Observation
    ) -> Generator[Call, Reply, Observation]:
        assert policy.inject is not None, "a valid policy that injects has an inject function"
        report.log_injecting(policy)
        result = yield from self._callbacks.ask(policy, policy.inject, "inject", self._until)
        if result is None:
            return seen
        errors = [error for error in (seen.error, result.error) if error]
        seen = replace(
            seen,
            injection=result.outcome,
            first_injection=not before.injected,
            error="; ".join(errors) or None,
        )
        if result.outcome is not Outcome.OK:
            after = step(policy, before, seen, self._now)
            report.log_failed_injection(policy, result.outcome, after, result.duration_ms)
            return seen
        report.log_success("Injection", policy, result.duration_ms)
        if policy.detects:
            seen = yield from self._verify(policy, seen)
        return seen

    def _verify(self, policy: Policy, seen: Observation) -> Generator[Call, Reply, Observation]:
        for _ in range(policy.verify.attempts):
            if not (yield from self._callbacks.pause(policy.verify.delay_sec, self._until)):
                break
            report.log_verifying(policy)
            verified = yield from self._detect(policy, policy.detect, Retry())
            if verified is None:
                break
            seen = replace(seen, verification=verified.outcome)
            if seen.healthy:
                report.log_verified(policy)
                break
        return seen


def _still_running(policy: Policy) -> Observation:
    if policy.detects:
        return Observation(detection=Outcome.TIMEOUT, error=STILL_RUNNING)
    return Observation(injection=Outcome.TIMEOUT, error=STILL_RUNNING)
