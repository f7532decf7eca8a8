"""Continuing a run that has no time left, by invoking the function again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .leases import Leases
from .monitors import MonitorId
from .request import Request, continuing_event

log = logging.getLogger(__name__)

MAX_DEPTH = 10
"""Lambda stops functions that invoke themselves after about 16 invocations."""


class NotContinued(Exception):
    """Monitors are left, and the run was not continued."""


@dataclass(frozen=True, slots=True)
class Continuing:
    """How this function is invoked again."""

    client: Callable[[], Any]
    """Creates a client of Lambda, which few runs need."""
    function_arn: str
    request_id: str
    leases: Leases

    def after(self, request: Request, after: MonitorId | None, left: int) -> None:
        """Invoke the function again for the `left` monitors after the ID `after`.

        A run that Lambda retries is continued only once. Raises NotContinued if too many runs have
        continued each other, and the errors of boto3.
        """
        event = continuing_event(request, self.request_id, after)
        depth = event["continuation"]["depth"]
        if depth > MAX_DEPTH:
            raise NotContinued(
                f"{left} monitors are left after {MAX_DEPTH} continuations. Increase the timeout "
                "of the function or MAX_CONCURRENCY."
            )
        record = f"continuation#{event['continuation']['run']}#{depth}"
        if self.leases.is_sent(record):
            log.info("%d monitors are left to the run that continues this one", left)
            return
        self.client().invoke(
            FunctionName=self.function_arn,
            InvocationType="Event",
            Payload=json.dumps(event).encode(),
        )
        # A run that is killed before continues twice, which is better than not at all.
        self.leases.record(record)
        log.info("Continuing with %d monitors in another run", left)
