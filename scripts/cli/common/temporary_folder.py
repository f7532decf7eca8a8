"""Temporary folders."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from .interrupts import shielded


def temporary_folder(name: str) -> AbstractContextManager[Path]:
    """Create a folder whose name begins with `name`, and remove it again, even on Ctrl-C."""
    return shielded(_folder(name))


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=f"{name}-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)
