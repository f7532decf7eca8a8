"""A log handler with which threads do not wait for each other's output."""

from __future__ import annotations

import logging
import threading
from collections import deque


class OneWriter(logging.Handler):
    """Hands each record to the root logger's handlers, on one thread at a time.

    A thread gives the interpreter away while it writes. Where all threads of a pool log, they
    would spend more time on waiting for each other than on everything else; so a record is
    left to the thread that is writing already, if there is one, and goes out right after its.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[logging.LogRecord] = deque()
        self._writing = threading.Lock()

    def handle(self, record: logging.LogRecord) -> bool:
        self._waiting.append(record)
        # Checked again after each turn, since a record may have arrived at its very end.
        while self._waiting and self._writing.acquire(blocking=False):
            try:
                self._write_what_waits()
            finally:
                self._writing.release()
        return True

    def flush(self) -> None:
        """Return when everything that has been logged is written."""
        with self._writing:
            self._write_what_waits()

    def _write_what_waits(self) -> None:
        while self._waiting:
            _write(self._waiting.popleft())


def _write(record: logging.LogRecord) -> None:
    for handler in logging.getLogger().handlers:
        if record.levelno >= handler.level:
            handler.handle(record)
