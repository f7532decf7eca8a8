"""A lock between processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes from locking the file at `path`, which is created and stays.

    Raises OSError if the file cannot be created.
    """
    with open(path, "w") as lock:
        try:
            import fcntl
        except ImportError:  # Windows, where nothing is locked
            yield
            return
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
