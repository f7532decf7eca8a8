"""Handlers that measure imports in a new process, and therefore import nothing themselves."""

from __future__ import annotations

import os
from importlib import import_module
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


def with_action(event: object, context: Any) -> dict[str, float]:
    """Return the seconds until the incident action ACTION has what it needs for its TARGET."""
    begun = perf_counter()
    attempts = import_module(f"incident_actions.{os.environ['ACTION']}").runtime()
    attempts.targets[os.environ["TARGET"]]()
    return {"start": perf_counter() - begun}


def with_clients(event: object, context: Any) -> dict[str, float]:
    """Return the seconds that boto3 and the clients of CLIENTS take, one of which may be Redis."""
    begun = perf_counter()
    import boto3

    for name in os.environ["CLIENTS"].split():
        if name == "redis":
            import redis

            redis.Redis()
        else:
            boto3.client(name)
    return {"start": perf_counter() - begun}
