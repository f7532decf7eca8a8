"""Requests to AWS that change something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .action import NotDone

_FIRST_SERVER_ERROR = 500


@contextmanager
def changing(client: Any) -> Iterator[None]:
    """Raise NotDone in a `with` block for requests that AWS has rejected.

    `client` has to be one that sends no request twice. Errors that leave open whether AWS has acted
    are raised as they are.
    """
    try:
        yield
    except client.exceptions.ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _FIRST_SERVER_ERROR:
            raise
        raise NotDone(str(error)) from error
