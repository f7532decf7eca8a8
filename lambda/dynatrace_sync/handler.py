"""The Lambda handler: copies the metrics of one window, for each event of a schedule."""

from __future__ import annotations

import dataclasses
import functools
import logging
import os
import time
from collections.abc import Mapping
from typing import Any, Protocol

from diva_common.clients import client
from diva_common.endpoint import Endpoint
from diva_common.runs import Clock, end_of_run
from diva_common.runs import Context as AnyContext
from diva_common.secret import Secret
from diva_common.tls import tls_context

from .cloudwatch import metric_lines
from .deadline import Deadline
from .ingest import send
from .log_metrics import log_lines
from .request import sources, window

log = logging.getLogger(__name__)

clock: Clock = time


class Context(AnyContext, Protocol):
    """The part of Lambda's context object that is used."""

    @property
    def invoked_function_arn(self) -> str: ...


@dataclasses.dataclass(frozen=True, slots=True)
class Runtime:
    """What lasts as long as the process."""

    metrics: Any
    logs: Any
    endpoint: Endpoint
    lag_sec: float


@functools.cache
def runtime() -> Runtime:
    """Return the runtime that the environment variables describe."""
    secret = Secret(client("secretsmanager"), os.environ["DYNATRACE_TOKEN_SECRET_ARN"])
    endpoint = Endpoint(
        os.environ["DYNATRACE_URL"], "Api-Token", secret, tls_context(os.environ), clock
    )
    lag_sec = float(os.environ["DYNATRACE_LAG_SEC"])
    return Runtime(client("cloudwatch"), client("logs"), endpoint, lag_sec)


def handler(event: Mapping[str, Any], context: Context) -> None:
    """Copy the metrics of the window that `event` is due for.

    Raises the first error that prevented it, after everything else was sent.
    """
    until = end_of_run(context, clock)
    use = runtime()
    covered = window(event, use.lag_sec, clock.time())
    named = sources(event)
    _, _, _, region, account_id, *_ = context.invoked_function_arn.split(":")
    place = {"aws.account.id": account_id, "aws.region": region}
    named = dataclasses.replace(named, dimensions={**place, **named.dimensions})
    deadline = Deadline(clock, until)
    sent = 0
    errors: list[Exception] = []
    # A source that cannot be read does not hold back the metrics of the other.
    for lines in (
        metric_lines(use.metrics, named, covered, deadline),
        log_lines(use.logs, named, covered, deadline),
    ):
        try:
            sent += send(use.endpoint, list(lines), until)
        except Exception as error:
            errors.append(error)
    log.info("Sent %d lines for %d to %d.", sent, covered.start, covered.end)
    for further in errors[1:]:
        log.error("%s", further, exc_info=further)
    if errors:
        raise errors[0]
