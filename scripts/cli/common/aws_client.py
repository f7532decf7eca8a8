"""Clients of AWS, and their errors as a command reports them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

ATTEMPTS = 3
TIMEOUT_SEC = 10
"""For connecting and for reading."""
LONGEST_CALL_SEC = ATTEMPTS * 2 * TIMEOUT_SEC + sum(2**number for number in range(ATTEMPTS - 1))
"""Of a call with all its attempts, and the longest pauses of boto3 between them."""


def client(service: str, region: str | None = None, timeout_sec: int | None = None) -> Any:
    """Return a client of `service` in `region`, by default in that of the environment.

    A response may take `timeout_sec`, by default TIMEOUT_SEC. Raises errors that `explained`
    explains.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import NoRegionError

    config = Config(
        connect_timeout=TIMEOUT_SEC,
        read_timeout=timeout_sec or TIMEOUT_SEC,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    # The AWS CLI reads AWS_REGION, and boto3 does not.
    region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region == "":
        # boto3 would take it for the name of a region.
        raise NoRegionError
    return boto3.client(service, region_name=region, config=config)


@contextmanager
def explained(
    problem: str, by_code: Mapping[str, str], error_class: type[Exception]
) -> Iterator[None]:
    """Raise errors of AWS and its client as an `error_class` with one line.

    `by_code` has the lines for some of AWS's error codes. All others begin with `problem`.
    """
    from botocore import exceptions

    try:
        yield
    except exceptions.ClientError as error:
        text = by_code.get(error.response["Error"]["Code"])
        raise error_class(text or f"{problem}: {error}") from error
    except exceptions.NoCredentialsError as error:
        raise error_class(
            f"{problem}: no AWS credentials were found. Set AWS_PROFILE, or "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        ) from error
    except exceptions.NoRegionError as error:
        raise error_class(f"{problem}: no AWS region is set. Set AWS_REGION") from error
    except exceptions.BotoCoreError as error:
        text = " ".join(str(error).split())
        raise error_class(f"{problem}: {text}") from error
