"""Interrupting a command with Ctrl-C, or with a signal that asks it to end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import TracebackType
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def interrupt_on(*signals: signal.Signals) -> None:
    """Raise KeyboardInterrupt on each of `signals`, even if it was ignored before.

    The argument of the exception is the number of the signal.
    """
    for number in signals:
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt(number)


@contextmanager
def deferred_interrupts() -> Iterator[None]:
    """Defer interrupts to the end of a `with` block. Only for the main thread."""
    arrived: list[int] = []
    previous = {
        number: signal.signal(number, lambda number, _: arrived.append(number))
        for number in _SIGNALS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        if arrived:
            signal.raise_signal(arrived[0])


@contextmanager
def shielded(context: AbstractContextManager[T]) -> Iterator[T]:
    """Enter and exit `context` without being interrupted halfway.

    An interrupt that arrives meanwhile takes effect afterwards. Only for the main thread.
    """
    with ExitStack() as stack:
        with deferred_interrupts():
            value = stack.enter_context(_ExitShielded(context))
        yield value


class _ExitShielded(AbstractContextManager[T], Generic[T]):
    def __init__(self, context: AbstractContextManager[T]) -> None:
        self._context = context

    def __enter__(self) -> T:
        return self._context.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        with deferred_interrupts():
            return self._context.__exit__(kind, error, traceback)
