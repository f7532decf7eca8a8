"""When a command is interrupted, by Ctrl-C or by a signal that asks it to end."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import TracebackType
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def interrupt_on(*signals: signal.Signals) -> None:
    """Have each of `signals` raise KeyboardInterrupt, as Ctrl-C does, even if it was ignored.

    The number of the signal is the exception's argument.
    """
    for number in signals:
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt(number)


@contextmanager
def deferred_interrupts() -> Iterator[None]:
    """Defer an interrupt to the end of a `with` block. For the main thread."""
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
    """Enter `context` and leave it again, neither of them interrupted halfway.

    An interrupt that arrives meanwhile takes effect afterwards. For the main thread.
    """
    with ExitStack() as stack:
        with deferred_interrupts():
            value = stack.enter_context(_LeftWhole(context))
        yield value


class _LeftWhole(AbstractContextManager[T], Generic[T]):
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
