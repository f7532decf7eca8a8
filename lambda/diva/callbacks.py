"""Calls the user's functions within their time limits, and judges what they return."""

from __future__ import annotations

import inspect
from collections.abc import Generator
from typing import NamedTuple

from . import report
from .machine import Outcome
from .options import shown, takes
from .policy import Callback, Policy
from .pool import Call, Job, Pool, Reply
from .redact import Redactor

STILL_RUNNING = "its callback is still running since an earlier period"

_NOTHING = "None; is a return statement missing?"


class Result(NamedTuple):
    """The outcome of a callback, the reason for a failure, and how long the call took."""

    outcome: Outcome
    error: str | None = None
    duration_ms: float = 0.0


class UnusableAnswer(Exception):
    """A `detect` or `inject` returned something that is neither true nor false."""


class Callbacks:
    """Calls callbacks on a pool, and redacts what they raise or return before it is quoted."""

    def __init__(self, pool: Pool, redact: Redactor) -> None:
        self._pool = pool
        self._redact = redact
        self.clock = pool.clock

    def is_observing(self, policy: Policy) -> bool:
        """Whether a `detect` or `inject` of an event is still running since an earlier period."""
        return self._pool.is_hung(("observe", policy.name))

    def ask(
        self, policy: Policy, callback: Callback, what: str, until: float
    ) -> Generator[Call, Reply, Result | None]:
        """Call `detect` or `inject`. Returns None if no time was left to start the call."""
        limit = self._limit(policy, until)
        begun = self.clock.monotonic()
        reply = yield Call(_ask, (callback, policy.name), limit, ("observe", policy.name))
        if reply.not_run:
            return None
        duration_ms = (self.clock.monotonic() - begun) * 1000
        if reply.value is True:
            return Result(Outcome.OK, None, duration_ms)
        if isinstance(reply.value, str):
            outcome, error = Outcome.FAILED, f"{what} returned {self._redact(reply.value)}"
        else:
            outcome, error = self._trouble(reply, what)
        if outcome is not Outcome.FAILED or reply.value == _NOTHING:
            report.log_questionable(policy, error)
        return Result(outcome, error, duration_ms)

    def tell(
        self, policy: Policy, callback: Callback, until: float, *arguments: object
    ) -> Job[Result]:
        """Call `alert` or `resolve` with as many of `arguments` as it takes.

        The call has succeeded when the callback returns, whatever it returns.
        """
        key = ("deliver", policy.name)
        if self._pool.is_hung(key):
            return Result(Outcome.TIMEOUT, STILL_RUNNING)
        given = arguments if takes(callback, len(arguments)) else arguments[:1]
        reply = yield Call(callback, given, self._limit(policy, until), key)
        if reply.not_run:
            return Result(Outcome.TIMEOUT, "no time was left for it")
        if reply.timed_out or reply.error is not None:
            return Result(*self._trouble(reply, "its callback"))
        if inspect.isawaitable(reply.value):
            return Result(Outcome.ERROR, "its callback returned a coroutine, which nobody awaits")
        return Result(Outcome.OK)

    def pause(self, delay_sec: float, until: float) -> Generator[Call, Reply, bool]:
        """Wait on the worker thread. Returns False immediately if not enough time is left."""
        if self.clock.monotonic() + delay_sec >= until:
            return False
        if delay_sec:
            yield Call(self.clock.sleep, (delay_sec,), until)
        return True

    def _trouble(self, reply: Reply, what: str) -> tuple[Outcome, str]:
        """Return the outcome of a call that did not return, and the reason."""
        if reply.error is None:
            return Outcome.TIMEOUT, f"{what} did not return in time"
        if isinstance(reply.error, UnusableAnswer):
            return Outcome.ERROR, f"{what} returned {self._redact(str(reply.error))}"
        return Outcome.ERROR, f"{what} raised {self._redact(reply.error)}"

    def _limit(self, policy: Policy, deadline: float) -> float:
        if policy.timeout_sec is None:
            return deadline
        return min(deadline, self.clock.monotonic() + policy.timeout_sec)


def _ask(callback: Callback, name: str) -> bool | str:
    """Call `detect` or `inject`. Returns True for a true result, otherwise its description.

    The result is judged within the call, because its truth may run more of the user's code.
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
    except Exception as error:  # some objects have no truth value, such as arrays
        raise UnusableAnswer(f"a {kind}: {type(error).__name__}: {error}") from error
    return _NOTHING if answer is None else shown(answer)
