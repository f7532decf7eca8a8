"""One event's callbacks in one period, as jobs for the pool: observe, and deliver."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime

from .machine import Observation, Outcome, injection_due, step
from .options import takes
from .policy import Callback, Policy, Retry
from .report import Redactor, log, log_detection, log_injection
from .runner import Call, Job, Pool, Reply
from .state import State

Result = tuple[Outcome, str | None]
"""What became of a callback, and why where it did not succeed."""

_STILL_RUNNING = "still running since an earlier period"


@dataclass(frozen=True, slots=True)
class Probe:
    """Calls the callbacks of events, each no longer than its limit and the deadlines allow."""

    pool: Pool
    redact: Redactor
    now: Callable[[], datetime]
    observe_until: float
    deliver_until: float

    def observe(self, policy: Policy, state: State) -> Job[Observation | None]:
        """Detect, inject and verify as the rules want it; None if there was no time to begin."""
        name = policy.name
        seen = Observation()
        if self.pool.is_hung(("observe", name)):
            log.warning("Event '%s' not called: its callback is %s", name, _STILL_RUNNING)
            return _still_running(policy)
        if policy.detects:
            log.info("Detecting event '%s'...", name, extra={"event": name})
            result = yield from self._detect(policy, policy.detect, policy.retry)
            if result is None:
                return None
            seen = replace(seen, detection=result[0], error=result[1])
            log_detection(policy, seen, step(policy, state, seen, self.now()))
        else:
            _log_skipped("Detection", policy)
        state_now = step(policy, state, seen, self.now())
        if injection_due(policy, state_now):
            seen = yield from self._inject_and_verify(policy, state, seen)
            if seen.detection is None and seen.injection is None:
                return None
        elif not policy.injects and seen.detection is not Outcome.OK:
            _log_skipped("Injection", policy)
        return seen

    def deliver(self, policy: Policy, callback: Callback, *arguments: object) -> Job[Outcome]:
        """Call an `alert` or `resolve` callback with as many of `arguments` as it takes.

        It has delivered once it has returned, whatever it returned.
        """
        key = ("deliver", policy.name)
        if self.pool.is_hung(key):
            result: Result = (Outcome.TIMEOUT, f"its callback is {_STILL_RUNNING}")
        else:
            given = arguments if takes(callback, len(arguments)) else arguments[:1]
            reply = yield Call(callback, given, self._limit(policy, self.deliver_until), key)
            if reply.not_run:
                result = (Outcome.TIMEOUT, "no time was left for it")
            else:
                result = _delivery(reply, self.redact)
        outcome, error = result
        if outcome is not Outcome.OK:
            log.error(
                "Alerting for event '%s' failed and is tried again next period: %s",
                policy.name, error, extra={"event": policy.name},
            )  # fmt: skip
        return outcome

    def _detect(
        self, policy: Policy, detect: Callback | None, retry: Retry
    ) -> Generator[Call, Reply, Result | None]:
        assert detect is not None, "a valid policy that detects has a detect function"
        result = yield from self._call(policy, detect, "detect")
        for _ in range(retry.attempts):
            if result is None or result[0] is Outcome.OK:
                break
            if not (yield from self._wait(retry.delay_sec)):
                break
            again = yield from self._call(policy, detect, "detect")
            if again is None:
                break
            result = again
        return result

    def _inject_and_verify(
        self, policy: Policy, before: State, seen: Observation
    ) -> Generator[Call, Reply, Observation]:
        name = policy.name
        assert policy.inject is not None, "a valid policy that injects has an inject function"
        log.info("Injecting event '%s'...", name, extra={"event": name})
        result = yield from self._call(policy, policy.inject, "inject")
        if result is None:
            return seen
        errors = [error for error in (seen.error, result[1]) if error]
        seen = replace(
            seen,
            injection=result[0],
            first_injection=not before.injected,
            error="; ".join(errors) or None,
        )
        log_injection(policy, seen, step(policy, before, seen, self.now()))
        if result[0] is not Outcome.OK or not policy.detects:
            return seen
        for _ in range(policy.verify.attempts):
            if not (yield from self._wait(policy.verify.delay_sec)):
                break
            log.info("Verifying event '%s'...", name, extra={"event": name})
            verified = yield from self._detect(policy, policy.detect, Retry())
            if verified is None:
                break
            seen = replace(seen, verification=verified[0])
            if seen.healthy:
                log.info("Event '%s' verified after injection", name, extra={"event": name})
                break
        return seen

    def _call(
        self, policy: Policy, callback: Callback, what: str
    ) -> Generator[Call, Reply, Result | None]:
        """Call `detect` or `inject`; None if there was no time to begin."""
        limit = self._limit(policy, self.observe_until)
        reply = yield Call(callback, (policy.name,), limit, ("observe", policy.name))
        if reply.not_run:
            return None
        outcome, error = _judge(reply, what, self.redact)
        if outcome in (Outcome.ERROR, Outcome.TIMEOUT) or (error and reply.value is None):
            log.warning("Event '%s': %s", policy.name, error, extra={"event": policy.name})
        return outcome, error

    def _wait(self, delay_sec: float) -> Generator[Call, Reply, bool]:
        """Wait on the worker; False, at once, if the time left is too short for that."""
        if time.monotonic() + delay_sec >= self.observe_until:
            return False
        if delay_sec:
            yield Call(time.sleep, (delay_sec,), self.observe_until)
        return True

    def _limit(self, policy: Policy, deadline: float) -> float:
        if policy.timeout_sec is None:
            return deadline
        return min(deadline, time.monotonic() + policy.timeout_sec)


def _judge(reply: Reply, what: str, redact: Redactor) -> Result:
    """Tell what became of a `detect` or `inject` that was called."""
    if reply.timed_out:
        return Outcome.TIMEOUT, f"{what} did not return in time"
    if reply.error is not None:
        return Outcome.ERROR, f"{what} raised {redact(reply.error)}"
    value = reply.value
    if isinstance(value, tuple) or inspect.isawaitable(value) or inspect.isgenerator(value):
        kind = type(value).__name__
        return Outcome.ERROR, f"{what} returned a {kind}; it must return True or False"
    try:
        succeeded = bool(value)
    except Exception as error:  # some objects refuse to be judged, such as arrays
        return Outcome.ERROR, f"{what} returned a {type(value).__name__}: {redact(error)}"
    if succeeded:
        return Outcome.OK, None
    if value is None:
        return Outcome.FAILED, f"{what} returned None; is a return statement missing?"
    return Outcome.FAILED, f"{what} returned {redact(repr(value))}"


def _delivery(reply: Reply, redact: Redactor) -> Result:
    """Tell what became of an `alert` or `resolve` that was called."""
    if reply.timed_out or reply.error is not None or inspect.isawaitable(reply.value):
        return _judge(reply, "its callback", redact)
    return Outcome.OK, None


def _still_running(policy: Policy) -> Observation:
    error = f"its callback is {_STILL_RUNNING}"
    if policy.detects:
        return Observation(detection=Outcome.TIMEOUT, error=error)
    return Observation(injection=Outcome.TIMEOUT, error=error)


def _log_skipped(what: str, policy: Policy) -> None:
    """Say that a role leaves `what` out: the event's own, or else this worker's."""
    own = "detect" if what == "Injection" else "inject"
    name, role = ("role", own) if policy.role == own else ("worker_role", policy.worker_role)
    log.info(
        "%s for event '%s' skipped due to %s='%s'",
        what, policy.name, name, role, extra={"event": policy.name},
    )  # fmt: skip
