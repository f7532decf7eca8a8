"""A lock among processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`, which is made and stays, against other processes.

    Raises OSError if it cannot be made.
    """
    with open(path, "w") as lock:
        try:
            import fcntl
        except ImportError:  # Windows: two processes at once are not guarded
            yield
            return
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
