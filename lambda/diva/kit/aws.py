"""Calls to AWS, with errors that say where they went and which permission is missing."""

from __future__ import annotations

import functools
import re
import threading
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

CONNECT_SEC = 2.0
READ_SEC = 5.0
ATTEMPTS = 2
CONNECTIONS = 50
"""More than callbacks that usually run at the same time."""

_DENIED = re.compile(r"AccessDenied|AuthorizationError|UnauthorizedOperation")
_MISSING = re.compile(r'perform: (\S+)(?: on resource: "?([^\s"]+))?')
_lock = threading.Lock()


class AwsError(Exception):
    """A call to AWS has failed. The message has the region, the endpoint, and what is missing."""


def call(
    service: str,
    operation: str,
    action: str,
    *,
    region: str | None = None,
    read_sec: float | None = None,
    attempts: int = ATTEMPTS,
    **parameters: Any,
) -> Any:
    """Return the response to a call, which requires the permission for `action`.

    By default, it goes to the region of the environment, and READ_SEC is the time for a response.
    Raises AwsError.
    """
    try:
        with _lock:  # boto3 makes one client at a time
            client = _client(service, region, read_sec or READ_SEC, attempts)
    except (BotoCoreError, ValueError) as error:
        raise AwsError(f"{action} failed before it was sent: {error}") from error
    where = f"{client.meta.region_name}, {client.meta.endpoint_url}"
    try:
        return getattr(client, operation)(**parameters)
    except ClientError as error:
        details = error.response["Error"]
        code, message = details.get("Code", ""), details.get("Message", "")
        if _DENIED.search(code):
            missing = _MISSING.search(message)
            what = " on ".join(filter(None, missing.groups())) if missing else action
            told = f"missing permission {what} ({code}; {where}): {message}"
        else:
            told = f"{action} failed ({where}): {code}: {message}"
        raise AwsError(told) from error
    except BotoCoreError as error:
        raise AwsError(f"{action} failed ({where}): {error}") from error


def endpoint(service: str, region: str) -> str:
    """Return the URL of a service."""
    with _lock:
        return str(_client(service, region, READ_SEC, ATTEMPTS).meta.endpoint_url)


def region_of(arn: str) -> str | None:
    """Return the region in an ARN, None if `arn` is a name."""
    return arn.split(":")[3] if arn.startswith("arn:") else None


@functools.cache
def _client(service: str, region: str | None, read_sec: float, attempts: int) -> Any:
    config = Config(
        connect_timeout=CONNECT_SEC,
        read_timeout=read_sec,
        max_pool_connections=CONNECTIONS,
        retries={"mode": "standard", "total_max_attempts": attempts},
    )
    return boto3.client(service, region_name=region, config=config)
