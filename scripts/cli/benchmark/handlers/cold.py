"""Handlers that measure imports in a new process, and therefore import nothing themselves."""

from __future__ import annotations

from time import perf_counter
from typing import Any


def with_diva(event: object, context: Any) -> dict[str, float]:
    """Return the seconds that the import of DIVA's handler takes, and those of a first period."""
    begun = perf_counter()
    from diva.handler import handler

    imported = perf_counter()
    handler(event, context)
    return {"start": imported - begun, "period": perf_counter() - imported}


def with_boto3(event: object, context: Any) -> dict[str, float]:
    """Return the seconds that the import of boto3 and the creation of a client take."""
    begun = perf_counter()
    import boto3

    boto3.client("s3")
    return {"start": perf_counter() - begun}
