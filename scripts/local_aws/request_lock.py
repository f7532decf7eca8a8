"""The lock under which all state of moto is read and changed.

moto is not made for threads: dictionaries change while it iterates over them, and a condition
and the write that depends on it are two steps. Its state belongs to the process, and so does
the lock. Requests are answered under it, one at a time. What waits for a function, a message or
a subscriber releases it meanwhile.

Whoever releases the lock finds moto changed afterwards, perhaps even emptied by a reset. Two
rules follow. Functions that a request triggers run when moto is done with the request, so that
it is not in the middle of anything (`defer`). And after a reset, nothing that was waiting goes
on (`interrupt`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ContextDecorator, contextmanager

from local_aws.errors import Interrupted


class _Thread(threading.local):
    """How one thread holds the lock."""

    def __init__(self) -> None:
        self.depth = 0
        self.releases = 0
        self.interruptions = 0
        self.deferred: list[Callable[[], object]] = []


class RequestLock(ContextDecorator):
    """A re-entrant lock that can be released in the middle of what it protects.

    As a decorator, it protects a function.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._interruptions = 0
        self._thread = _Thread()

    def __enter__(self) -> None:
        self._lock.acquire()
        thread = self._thread
        if not thread.depth and not thread.releases:
            thread.interruptions = self._interruptions
        elif thread.interruptions != self._interruptions:
            self._lock.release()
            raise Interrupted
        thread.depth += 1

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        thread = self._thread
        try:
            while thread.depth == 1 and thread.deferred and not isinstance(error, Interrupted):
                thread.deferred.pop(0)()
        finally:
            if thread.depth == 1:
                thread.deferred.clear()
            thread.depth -= 1
            self._lock.release()

    def defer(self, action: Callable[[], object]) -> None:
        """Call `action` before this thread stops holding the lock, when all else is done."""
        assert self._thread.depth
        self._thread.deferred.append(action)

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let other threads take the lock during a `with` block.

        Raises `Interrupted` at its end if everything was reset meanwhile.
        """
        thread = self._thread
        depth, deferred = thread.depth, thread.deferred
        assert depth
        thread.depth, thread.deferred = 0, []
        thread.releases += 1
        for _ in range(depth):
            self._lock.release()
        try:
            yield
        finally:
            for _ in range(depth):
                self._lock.acquire()
            thread.releases -= 1
            thread.depth, thread.deferred = depth, deferred
            if thread.interruptions != self._interruptions:
                raise Interrupted

    def interrupt(self) -> None:
        """Raise `Interrupted` in all other threads that have released the lock.

        It is raised when they next take the lock. Called with the lock held.
        """
        assert self._thread.depth
        self._interruptions += 1
        self._thread.interruptions = self._interruptions


request_lock = RequestLock()
