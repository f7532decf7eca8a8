"""Handlers that time what a new process does first; nothing is imported before they do."""

from __future__ import annotations

from time import perf_counter
from typing import Any


def with_diva(event: object, context: Any) -> dict[str, float]:
    """Return the seconds that importing DIVA's handler takes, and then a first period."""
    begun = perf_counter()
    from diva.handler import handler

    imported = perf_counter()
    handler(event, context)
    return {"start": imported - begun, "period": perf_counter() - imported}


def with_boto3(event: object, context: Any) -> dict[str, float]:
    """Return the seconds that importing boto3 and making a client take."""
    begun = perf_counter()
    import boto3

    boto3.client("s3")
    return {"start": perf_counter() - begun}
