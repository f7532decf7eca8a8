"""The format of log lines: time in UTC, level and message."""

from __future__ import annotations

import logging
from datetime import datetime, timezone

from diva_common.runs import Clock

_FORMAT = "%(asctime)s - %(levelname)s - %(message)s"


class _Formatter(logging.Formatter):
    def __init__(self, clock: Clock) -> None:
        super().__init__(_FORMAT)
        self._clock = clock

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        return iso(self._clock.time()).replace("T", " ").replace(".", ",").removesuffix("Z")


class _Printer(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record), flush=True)


def iso(now: float) -> str:
    """Return a time such as `2024-01-15T13:00:00.123Z`; `now` is in seconds since the epoch."""
    at = datetime.fromtimestamp(now, timezone.utc)
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def set_up(log: logging.Logger, level: str, clock: Clock) -> None:
    """Let `log` and the loggers below it print their lines, and libraries only their warnings."""
    printer = _Printer()
    printer.setFormatter(_Formatter(clock))
    log.handlers, log.propagate = [printer], False
    log.setLevel(level)
    # At DEBUG, these log URLs and the session token.
    for library in ("boto3", "botocore", "urllib3"):
        logging.getLogger(library).setLevel(logging.WARNING)
