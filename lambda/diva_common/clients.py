"""Clients of AWS for functions that have to respond within their timeout."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

ATTEMPTS = 2
TIMEOUT_SEC = 5
"""For connecting and for reading."""


CONNECTIONS = 10


def client(service: str, attempts: int = ATTEMPTS, connections: int = CONNECTIONS) -> Any:
    """Return a client of `service` that gives up before the function times out.

    With 1 for `attempts`, no request is sent twice. `connections` is the number of requests at the
    same time for which connections are kept.
    """
    config = Config(
        connect_timeout=TIMEOUT_SEC,
        read_timeout=TIMEOUT_SEC,
        max_pool_connections=connections,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    return boto3.client(service, config=config)
