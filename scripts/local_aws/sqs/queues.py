"""Queues as other services use them."""

from __future__ import annotations

from collections.abc import Mapping

from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import Queue, sqs_backends


def find(arn: str) -> Queue | None:
    """Return the queue with this ARN, None if it does not exist or is no queue."""
    _, _, service, region, account_id, name = arn.split(":", 5)
    if service != "sqs":
        return None
    try:
        return sqs_backends[account_id][region].get_queue(name)
    except QueueDoesNotExist:
        return None


def send(arn: str, body: str, attributes: Mapping[str, str | int]) -> bool:
    """Send a message, with integers as attributes of the type Number.

    Returns whether the queue exists.
    """
    _, _, _, region, account_id, name = arn.split(":")
    if find(arn) is None:
        return False
    typed = {
        key: {
            "DataType": "Number" if isinstance(value, int) else "String",
            "StringValue": str(value),
        }
        for key, value in attributes.items()
    }
    sqs_backends[account_id][region].send_message(name, body, typed)
    return True
