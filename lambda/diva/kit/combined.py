"""One message to several receivers."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from ..clock import Clock
from ..options import takes
from ..policy import Callback as AnyFunction
from .arguments import require, require_limit
from .callback import SHARE_OF_EVENT, NotDone, Started, TookTooLong
from .notice import RESOLUTION
from .permission import Permission

if TYPE_CHECKING:
    from ..notification import NotificationContext


class all_of:  # noqa: N801
    """Delivers the message by all callbacks at the same time, and has delivered if all have.

    If one of them fails, DIVA tries again in the next period. Callbacks that have delivered the
    message by then are left out, as long as the same process tries again: after a cold start,
    nothing is known, and all of them deliver it again.

    IAM actions: those of the callbacks.
    """

    __slots__ = ("_clock", "callbacks", "timeout_sec")

    def __init__(
        self, *callbacks: AnyFunction, timeout_sec: float = 8.0, clock: Clock | None = None
    ) -> None:
        self.callbacks = callbacks
        self.timeout_sec = timeout_sec
        self._clock = clock or Clock()
        require_limit(self, timeout_sec)
        for each in callbacks:
            is_right = callable(each) and (takes(each, 1) or takes(each, 2))
            require(is_right, self, "a callback", each, "a function that takes the message")
        require(bool(callbacks), self, "callbacks", callbacks, "one callback or more")

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """What the role of the function has to allow for the callbacks of the kit."""
        several = (getattr(each, "permissions", ()) for each in self.callbacks)
        return tuple(permission for each in several for permission in each)

    def within_event_timeout(self, timeout_sec: float) -> all_of:
        """Return the callback with a time limit below that of its event."""
        limit_sec = min(self.timeout_sec, SHARE_OF_EVENT * timeout_sec)
        return all_of(*self.callbacks, timeout_sec=limit_sec, clock=self._clock)

    def __call__(self, message: str, context: NotificationContext) -> None:
        progress = _progress_of(context)
        until = self._clock.monotonic() + self.timeout_sec
        started = [
            (each, Started(progress.deliver, each, message, context))
            for each in self.callbacks
            if each not in progress.delivered
        ]
        problems = []
        for each, delivery in started:
            try:
                delivery.result(max(0.0, until - self._clock.monotonic()))
            except TookTooLong:
                problems.append(f"{_name(each)} did not return within {self.timeout_sec:g} s")
            except Exception as error:
                problems.append(f"{_name(each)}: {type(error).__name__}: {error}")
        if problems:
            number = f"{len(problems)} of {len(self.callbacks)}"
            raise NotDone(f"{number} callbacks failed to deliver: {'; '.join(problems)}")
        _forget(context)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, all_of)
            and self.callbacks == other.callbacks
            and self.timeout_sec == other.timeout_sec
        )


@dataclass(slots=True)
class _Progress:
    """Which callbacks have delivered a message that others still have to."""

    kind: str
    failing_since: datetime | None
    delivered: list[AnyFunction] = field(default_factory=list)

    def is_of(self, context: NotificationContext) -> bool:
        """Whether `context` is about the same message, which is tried again."""
        if self.kind != context.kind:
            return False
        # A resolution that is tried again no longer knows when the incident began.
        is_again = context.kind == RESOLUTION and context.failing_since is None
        return is_again or self.failing_since == context.failing_since

    def deliver(self, callback: AnyFunction, message: str, context: NotificationContext) -> None:
        """Call a callback and, if it returns, note it: also after its time limit."""
        if takes(callback, 2):
            callback(message, context)
        else:
            callback(message)
        self.delivered.append(callback)


_lock = threading.Lock()
_progress: dict[tuple[str, str], _Progress] = {}


def _progress_of(context: NotificationContext) -> _Progress:
    key = context.function_name, context.event
    with _lock:
        found = _progress.get(key)
        if found is None or not found.is_of(context):
            found = _progress[key] = _Progress(context.kind, context.failing_since)
        return found


def _forget(context: NotificationContext) -> None:
    with _lock:
        _progress.pop((context.function_name, context.event), None)


def _name(callback: AnyFunction) -> str:
    return getattr(callback, "__name__", None) or type(callback).__name__
