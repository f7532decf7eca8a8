"""What the S3 event processor has buried, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Buried:
    """A message in the dead-letter queue of the function."""

    key: str
    """The key of its object."""
    attempts: str
    cause: str


def messages(sqs: Any, queue_url: str) -> list[Buried]:
    """Return the first messages of a dead-letter queue, at most ten. They stay visible."""
    received = sqs.receive_message(
        QueueUrl=queue_url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=0,
        MessageAttributeNames=["All"],
    )
    return [_buried(each) for each in received.get("Messages", [])]


def _buried(message: dict[str, Any]) -> Buried:
    attributes = message["MessageAttributes"]
    key = json.loads(message["Body"])["detail"]["object"]["key"]
    error = json.loads(attributes["Cause"]["StringValue"])
    cause = f"{error['Error']}: {_message(error['Cause'])}"
    return Buried(key, attributes["ReceiveCount"]["StringValue"], cause)


def _message(cause: str) -> str:
    """Return the error message of a function, or the whole cause if it has none."""
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return cause
