"""One event's callbacks in one period, as jobs for the pool: observe, and deliver."""

from __future__ import annotations

import inspect
import time
from collections.abc import Generator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from .machine import Observation, Outcome, injection_due, step
from .options import shown, takes
from .policy import Callback, Policy, Retry
from .pool import Call, Job, Pool, Reply
from .redact import Redactor
from .report import log, log_failed_detection, log_failed_injection, log_success
from .state import State


class Result(NamedTuple):
    """What became of a callback, why where it did not succeed, and how long it took."""

    outcome: Outcome
    error: str | None = None
    duration_ms: float = 0.0


class UnusableAnswer(Exception):
    """A `detect` or `inject` returned something that is neither true nor false."""


_STILL_RUNNING = "still running since an earlier period"


class Probe:
    """Calls the callbacks of events, each no longer than its limit and the deadlines allow.

    `now` is when the period began; what is decided on the way to its end needs it no finer.
    """

    def __init__(
        self,
        pool: Pool,
        redact: Redactor,
        now: datetime,
        observe_until: float,
        deliver_until: float,
    ) -> None:
        self._pool = pool
        self._redact = redact
        self._now = now
        self._observe_until = observe_until
        self._deliver_until = deliver_until

    def observe(
        self, policy: Policy, state: State, held: Generator[Call, Reply, str | None]
    ) -> Job[Observation | None]:
        """Detect, inject and verify as the rules want it; None if there was no time to begin.

        `held` is asked what an event that is not healthy has to wait for.
        """
        name = policy.name
        if self._pool.is_hung(("observe", name)):
            log.warning(
                "Event '%s' not called: its callback is %s",
                name, _STILL_RUNNING, extra={"event": name},
            )  # fmt: skip
            return replace(_still_running(policy), held=(yield from held))
        if policy.detects:
            log.info("Detecting event '%s'...", name, extra={"event": name})
            result = yield from self._detect(policy, policy.detect, policy.retry)
            if result is None:
                return None
            seen = Observation(detection=result.outcome, error=result.error)
            if seen.healthy:
                log_success("Detection", policy, result.duration_ms)
                return seen
            state_now = step(policy, state, seen, self._now)
            log_failed_detection(policy, result.outcome, state_now, result.duration_ms)
        else:
            log_skipped("Detection", policy)
            seen = Observation()
            state_now = step(policy, state, seen, self._now)
        seen = replace(seen, held=(yield from held))
        if not policy.injects:
            log_skipped("Injection", policy)
        elif not injection_due(policy, state_now):
            pass
        elif seen.held:
            log.info("Injection for event '%s' waits: %s", name, seen.held, extra={"event": name})
        else:
            seen = yield from self._inject_and_verify(policy, state, seen)
            if seen.detection is None and seen.injection is None:
                return None
        return seen

    def deliver(self, policy: Policy, callback: Callback, *arguments: object) -> Job[Outcome]:
        """Call an `alert` or `resolve` callback with as many of `arguments` as it takes.

        It has delivered once it has returned, whatever it returned.
        """
        key = ("deliver", policy.name)
        if self._pool.is_hung(key):
            result = Result(Outcome.TIMEOUT, f"its callback is {_STILL_RUNNING}")
        else:
            given = arguments if takes(callback, len(arguments)) else arguments[:1]
            reply = yield Call(callback, given, self._limit(policy, self._deliver_until), key)
            result = self._delivery(reply)
        if result.outcome is not Outcome.OK:
            log.error(
                "Alerting for event '%s' failed and is tried again next period: %s",
                policy.name, result.error, extra={"event": policy.name},
            )  # fmt: skip
        return result.outcome

    def _detect(
        self, policy: Policy, detect: Callback | None, retry: Retry
    ) -> Generator[Call, Reply, Result | None]:
        assert detect is not None, "a valid policy that detects has a detect function"
        result = yield from self._call(policy, detect, "detect")
        for _ in range(retry.attempts):
            if result is None or result.outcome is Outcome.OK:
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
        errors = [error for error in (seen.error, result.error) if error]
        seen = replace(
            seen,
            injection=result.outcome,
            first_injection=not before.injected,
            error="; ".join(errors) or None,
        )
        if result.outcome is not Outcome.OK:
            after = step(policy, before, seen, self._now)
            log_failed_injection(policy, result.outcome, after, result.duration_ms)
            return seen
        log_success("Injection", policy, result.duration_ms)
        if not policy.detects:
            return seen
        for _ in range(policy.verify.attempts):
            if not (yield from self._wait(policy.verify.delay_sec)):
                break
            log.info("Verifying event '%s'...", name, extra={"event": name})
            verified = yield from self._detect(policy, policy.detect, Retry())
            if verified is None:
                break
            seen = replace(seen, verification=verified.outcome)
            if seen.healthy:
                log.info("Event '%s' verified after injection", name, extra={"event": name})
                break
        return seen

    def _call(
        self, policy: Policy, callback: Callback, what: str
    ) -> Generator[Call, Reply, Result | None]:
        """Call `detect` or `inject`; None if there was no time to begin."""
        limit = self._limit(policy, self._observe_until)
        begun = time.monotonic()
        reply = yield Call(_ask, (callback, policy.name), limit, ("observe", policy.name))
        if reply.not_run:
            return None
        duration_ms = (time.monotonic() - begun) * 1000
        if reply.value is True:
            return Result(Outcome.OK, None, duration_ms)
        if isinstance(reply.value, str):
            outcome, error = Outcome.FAILED, f"{what} returned {self._redact(reply.value)}"
        else:
            outcome, error = self._trouble(reply, what)
        if outcome is not Outcome.FAILED or reply.value == _NOTHING:
            log.warning("Event '%s': %s", policy.name, error, extra={"event": policy.name})
        return Result(outcome, error, duration_ms)

    def _delivery(self, reply: Reply) -> Result:
        if reply.not_run:
            return Result(Outcome.TIMEOUT, "no time was left for it")
        if reply.timed_out or reply.error is not None:
            return Result(*self._trouble(reply, "its callback"))
        if inspect.isawaitable(reply.value):
            return Result(Outcome.ERROR, "its callback returned a coroutine, which nobody awaits")
        return Result(Outcome.OK)

    def _trouble(self, reply: Reply, what: str) -> tuple[Outcome, str]:
        """Say of a call that did not return why not."""
        if reply.error is None:
            return Outcome.TIMEOUT, f"{what} did not return in time"
        if isinstance(reply.error, UnusableAnswer):
            return Outcome.ERROR, f"{what} returned {self._redact(str(reply.error))}"
        return Outcome.ERROR, f"{what} raised {self._redact(reply.error)}"

    def _wait(self, delay_sec: float) -> Generator[Call, Reply, bool]:
        """Wait on the worker; False, at once, if the time left is too short for that."""
        if time.monotonic() + delay_sec >= self._observe_until:
            return False
        if delay_sec:
            yield Call(time.sleep, (delay_sec,), self._observe_until)
        return True

    def _limit(self, policy: Policy, deadline: float) -> float:
        if policy.timeout_sec is None:
            return deadline
        return min(deadline, time.monotonic() + policy.timeout_sec)


_NOTHING = "None; is a return statement missing?"


def _ask(callback: Callback, name: str) -> bool | str:
    """Call a `detect` or `inject`; return True for a true answer, else what it was.

    Telling its truth is part of the call, because that runs code of the user's, too.
    """
    answer = callback(name)
    if answer is True:
        return True
    kind = type(answer).__name__
    if isinstance(answer, tuple) or inspect.isawaitable(answer) or inspect.isgenerator(answer):
        raise UnusableAnswer(f"a {kind}; it must return True or False")
    try:
        if answer:
            return True
    except Exception as error:  # some objects refuse to be judged, such as arrays
        raise UnusableAnswer(f"a {kind}: {type(error).__name__}: {error}") from error
    return _NOTHING if answer is None else shown(answer)


def _still_running(policy: Policy) -> Observation:
    error = f"its callback is {_STILL_RUNNING}"
    if policy.detects:
        return Observation(detection=Outcome.TIMEOUT, error=error)
    return Observation(injection=Outcome.TIMEOUT, error=error)


def log_skipped(what: str, policy: Policy) -> None:
    """Say that a role leaves `what` out: the event's own, or else this worker's."""
    own = "detect" if what == "Injection" else "inject"
    name, role = ("role", own) if policy.role == own else ("worker_role", policy.worker_role)
    log.info(
        "%s for event '%s' skipped due to %s='%s'",
        what, policy.name, name, role, extra={"event": policy.name},
    )  # fmt: skip
