"""The Lambda handler: forwards the log events of a CloudWatch Logs subscription."""

from __future__ import annotations

import functools
import logging
import os
import time
from collections.abc import Mapping
from typing import Any

from diva_common.clients import client
from diva_common.endpoint import Endpoint
from diva_common.runs import Clock, Context, end_of_run
from diva_common.secret import Secret
from diva_common.tls import tls_context

from .hec import Collector
from .subscription import hec_events

log = logging.getLogger(__name__)

clock: Clock = time


@functools.cache
def collector() -> Collector:
    """Return the collector that the environment variables describe."""
    secret = Secret(client("secretsmanager"), os.environ["SPLUNK_TOKEN_SECRET_ARN"])
    endpoint = Endpoint(
        os.environ["SPLUNK_HEC_URL"], "Splunk", secret, tls_context(os.environ), clock
    )
    return Collector(endpoint, int(os.environ["SPLUNK_MAX_BATCH_BYTES"]))


def handler(event: Mapping[str, Any], context: Context) -> None:
    """Forward the log events in `event`. Raises an error for Lambda to retry the event."""
    sent = collector().send(hec_events(event), end_of_run(context, clock))
    log.info("Forwarded %d log events.", sent)
