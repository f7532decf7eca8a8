"""What the callbacks of the kit have in common: a time limit, and the permissions they need."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from .arguments import require_limit
from .permission import Permission

if TYPE_CHECKING:
    from ..notification import NotificationContext

T = TypeVar("T")
AnyCallback = TypeVar("AnyCallback", bound="Callback")

SHARE_OF_EVENT = 0.9
"""The largest share of the event's own time limit that a callback takes, so that it can say what
took too long."""


class TookTooLong(Exception):
    """A callback did not end within its time limit."""


class NotDone(Exception):
    """An injection or a delivery was refused. The message says by whom, and why."""


class Unhealthy:
    """A false answer with its reason, which DIVA quotes as what `detect` returned."""

    __slots__ = ("_reason",)

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"False: {self._reason}"


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback with a time limit."""

    _: KW_ONLY
    timeout_sec: float = 5.0

    @property
    def subject(self) -> str:
        """What the callback asks, for people."""
        raise NotImplementedError

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """What the role of the function has to allow."""
        return ()

    def within_event_timeout(self: AnyCallback, timeout_sec: float) -> AnyCallback:
        """Return the callback with a time limit below that of its event."""
        return replace(self, timeout_sec=min(self.timeout_sec, SHARE_OF_EVENT * timeout_sec))

    def check_timeout(self) -> None:
        """Raise ValueError unless the time limit is valid."""
        require_limit(self, self.timeout_sec)


class Detection(Callback):
    """A `detect` callback."""

    __slots__ = ()

    def __call__(self, event_name: str) -> bool | Unhealthy:
        try:
            return Started(self.detect, event_name).result(self.timeout_sec)
        except TookTooLong:
            return Unhealthy(f"{self.subject} did not answer within {self.timeout_sec:g} s")

    def detect(self, event_name: str) -> bool | Unhealthy:
        """Return whether the event has happened, without a time limit."""
        raise NotImplementedError


class Injection(Callback):
    """An `inject` callback."""

    __slots__ = ()

    def __call__(self, event_name: str) -> bool:
        limited(self, self.inject, event_name)
        return True

    def inject(self, event_name: str) -> None:
        """Inject the event, without a time limit."""
        raise NotImplementedError


class Delivery(Callback):
    """An `alert` or `resolve` callback."""

    __slots__ = ()

    def __call__(self, message: str, context: NotificationContext) -> None:
        limited(self, self.deliver, message, context)

    def deliver(self, message: str, context: NotificationContext) -> None:
        """Deliver the message, without a time limit."""
        raise NotImplementedError


def limited(callback: Callback, function: Callable[..., object], *arguments: object) -> None:
    """Call `function` within the time limit of `callback`. Raises TookTooLong."""
    try:
        Started(function, *arguments).result(callback.timeout_sec)
    except TookTooLong:
        raise TookTooLong(
            f"{callback.subject} did not answer within {callback.timeout_sec:g} s"
        ) from None


class Started(Generic[T]):
    """A call on a thread of its own.

    That is how its time can be limited: neither name resolution nor a server that answers byte by
    byte ends at a time limit by itself.
    """

    def __init__(self, function: Callable[..., T], *arguments: object) -> None:
        self._function = function
        self._arguments = arguments
        self._results: list[T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def result(self, limit_sec: float) -> T:
        """Return what the function returns, or raise what it raises. Raises TookTooLong."""
        self._thread.join(limit_sec)
        if self._results:
            return self._results[0]
        if self._error is not None:
            raise self._error
        raise TookTooLong

    def _run(self) -> None:
        try:
            self._results.append(self._function(*self._arguments))
        except BaseException as error:
            self._error = error
