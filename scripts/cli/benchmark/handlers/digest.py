"""Handlers that measure the scheduled digest, and therefore import nothing themselves."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

EVENT = {"frequency": "daily", "cleanup": False, "time": "2026-11-23T13:00:00Z"}


@dataclass(frozen=True, slots=True)
class Context:
    """A context with less time than the function has."""

    own: Any
    ends: float

    def __getattr__(self, name: str) -> Any:
        return getattr(self.own, name)

    def get_remaining_time_in_millis(self) -> int:
        return int((self.ends - perf_counter()) * 1000)


def run(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return the seconds that a run takes, and the values of its metrics.

    The run has `seconds` seconds if the event says so.
    """
    from scheduled_digest.lambda_function import lambda_handler, runtime

    runtime()
    begun = perf_counter()
    limited = Context(context, begun + event["seconds"]) if "seconds" in event else context
    values = lambda_handler(EVENT, limited)
    return {"seconds": perf_counter() - begun, "values": values}


def start(event: object, context: object) -> dict[str, float]:
    """Return the seconds that the import of the function and its clients take."""
    begun = perf_counter()
    from scheduled_digest.lambda_function import runtime

    runtime()
    return {"start": perf_counter() - begun}


def start_without(event: object, context: object) -> dict[str, float]:
    """Return the seconds that urllib3 with TLS, and boto3 with the client of every run, take."""
    begun = perf_counter()
    import ssl

    import boto3
    import urllib3

    urllib3.PoolManager(ssl_context=ssl.create_default_context())
    boto3.client("dynamodb")
    return {"start": perf_counter() - begun}
