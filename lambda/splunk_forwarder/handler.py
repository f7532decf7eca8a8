"""The Lambda handler: forwards the log events of a CloudWatch Logs subscription."""

from __future__ import annotations

import functools
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diva_common.clients import client
from diva_common.endpoint import Endpoint
from diva_common.runs import Clock, Context, end_of_run
from diva_common.secret import Secret
from diva_common.tls import tls_context

from .dead_letters import DeadLetters
from .hec import Collector
from .subscription import hec_events, unpacked

log = logging.getLogger(__name__)

KEEP_SEC = 5.0
"""Of a run's time, for keeping what HEC did not accept."""

clock: Clock = time


@dataclass(frozen=True, slots=True)
class Runtime:
    """What lasts as long as the process."""

    collector: Collector
    dead_letters: DeadLetters


@functools.cache
def runtime() -> Runtime:
    """Return the runtime that the environment variables describe."""
    secret = Secret(client("secretsmanager"), os.environ["SPLUNK_TOKEN_SECRET_ARN"])
    endpoint = Endpoint(
        os.environ["SPLUNK_HEC_URL"], "Splunk", secret, tls_context(os.environ), clock
    )
    return Runtime(
        Collector(endpoint, int(os.environ["SPLUNK_MAX_BATCH_BYTES"])),
        DeadLetters(client("sqs"), os.environ["SPLUNK_DEAD_LETTER_QUEUE_URL"]),
    )


def handler(event: Mapping[str, Any], context: Context) -> None:
    """Forward the log events in `event`, and keep those that HEC does not accept.

    Raises an error for Lambda to retry the event only if HEC has accepted nothing, which would
    arrive again, or if log events could not be kept.
    """
    until = end_of_run(context, clock) - KEEP_SEC
    use = runtime()
    data = unpacked(event)
    # Not one by one while they are sent: what cannot be read must fail before.
    outcome = use.collector.send(list(hec_events(data)), until)
    if outcome.error:
        if not outcome.accepted:
            raise outcome.error
        use.dead_letters.keep(data, [each.log_event for each in outcome.left])
        log.error(
            "%d of %d log events were not forwarded, and are in the dead-letter queue: %s",
            len(outcome.left),
            len(outcome.left) + outcome.accepted,
            outcome.error,
        )
    log.info("Forwarded %d log events.", outcome.accepted)
