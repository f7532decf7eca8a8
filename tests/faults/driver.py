"""One period in a process of its own, which a fault can end: run by `trial`."""

from __future__ import annotations

import logging
import os
import signal
from datetime import datetime
from functools import partial
from types import SimpleNamespace
from unittest.mock import patch

from diva import handler as handler_module
from diva.pool import Pool
from tests.diva.clocks import Calendar
from tests.processes import PATIENCE_SEC

from . import events

NOW = "FAULT_NOW"
KILL_AT = "FAULT_KILL_AT"
"""A step of `events`, or the beginning of a log line; empty for none."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(record: logging.LogRecord) -> bool:
    """End the process where the engine says that it has got to a certain point."""
    if record.getMessage().startswith(os.environ[KILL_AT] or "\n"):
        die()
    return True


if __name__ == "__main__":
    now = datetime.fromisoformat(os.environ[NOW])
    events.at[os.environ[KILL_AT]] = die
    logging.getLogger("diva").addFilter(die_at)
    context = SimpleNamespace(
        aws_request_id="of-a-child",
        function_name="diva-orders",
        get_remaining_time_in_millis=lambda: 600_000,
    )
    with (
        patch.object(handler_module, "Pool", partial(Pool, clock=Calendar(lambda: now))),
        patch.object(handler_module, "TIMEOUT_SEC", PATIENCE_SEC),
    ):
        handler_module.handler({}, context)
