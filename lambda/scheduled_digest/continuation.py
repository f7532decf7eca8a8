"""Continuing a run that has no time left, by invoking the function again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any

from .leases import Leases
from .monitors import MonitorId
from .request import Request, continuing_event

log = logging.getLogger(__name__)

MAX_DEPTH = 10
"""Lambda stops functions that invoke themselves after about 16 invocations."""


class NotContinued(Exception):
    """Monitors are left, and the run was not continued."""


class Continuing:
    """How this function is invoked again."""

    def __init__(
        self, client: Callable[[], Any], function_arn: str, request_id: str, leases: Leases
    ) -> None:
        """Take what creates a client of Lambda, which few runs need."""
        self._client = client
        self._function_arn = function_arn
        self._request_id = request_id
        self._leases = leases

    def after(self, request: Request, settled: Sequence[MonitorId | None], left: int) -> None:
        """Invoke the function again for the `left` monitors after the last ID in `settled`.

        `settled` begins with the ID that the run itself was to continue after, and has all IDs
        before the first monitor that is left. A run that Lambda retries is continued only once, so
        that runs do not multiply. Raises NotContinued if that continuation does not reach all
        monitors that are left, or if too many runs have continued each other; and the errors of
        boto3.
        """
        event = continuing_event(request, self._request_id, settled[-1])
        depth = event["continuation"]["depth"]
        if depth > MAX_DEPTH:
            raise NotContinued(
                f"{left} monitors are left after {MAX_DEPTH} continuations. Increase the timeout "
                "of the function or MAX_CONCURRENCY."
            )
        record = f"continuation#{event['continuation']['run']}#{depth}"
        recorded = self._leases.recorded_after(record)
        if recorded is not None:
            if json.loads(recorded) not in settled:
                raise NotContinued(f"{left} monitors are left, and the run was continued before.")
            log.info("%d monitors are left to the run that continues this one", left)
            return
        self._client().invoke(
            FunctionName=self._function_arn,
            InvocationType="Event",
            Payload=json.dumps(event).encode(),
        )
        # A run that is killed before continues twice, which is better than not at all.
        self._leases.record(record, json.dumps(settled[-1]))
        log.info("Continuing with %d monitors in another run", left)
