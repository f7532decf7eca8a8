"""The lock under which everything of moto's is read and changed.

moto is not made for threads: dictionaries change while it iterates over them, and a condition
and the write that depends on it are two steps. Its state belongs to the process, and so does
the lock. Requests are answered under it one at a time; what only waits lets go of it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ContextDecorator, contextmanager


class RequestLock(ContextDecorator):
    """A re-entrant lock that its holder can let go of, however often it has taken it.

    As a decorator it is held while the function runs.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._mine = threading.local()

    def __enter__(self) -> None:
        self._lock.acquire()
        self._mine.depth = self._depth + 1

    def __exit__(self, *_: object) -> None:
        self._mine.depth -= 1
        self._lock.release()

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let other threads have the lock in a `with` block; harmless where it is not held."""
        depth = self._depth
        for _ in range(depth):
            self.__exit__()
        try:
            yield
        finally:
            for _ in range(depth):
                self.__enter__()

    @property
    def _depth(self) -> int:
        """How often this thread has taken the lock."""
        return getattr(self._mine, "depth", 0)


request_lock = RequestLock()
