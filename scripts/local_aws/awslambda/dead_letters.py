"""Where asynchronous events go that Lambda gives up: dead-letter queues and destinations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from moto.awslambda.utils import get_backend

from local_aws.awslambda.function import Function, unqualified
from local_aws.sns import topics
from local_aws.sqs import queues

_MESSAGE_LENGTH = 1024


@dataclass(frozen=True, slots=True)
class GivenUp:
    """An event that Lambda gives up after so many attempts.

    `condition` is Lambda's name for the reason, and `payload` is what the last attempt returned.
    """

    request_id: str
    event: str
    condition: str
    attempts: int
    payload: Mapping[str, Any]

    @property
    def status(self) -> int:
        """The HTTP status of the last attempt; that of a function that fails is 200."""
        return 200 if self.attempts else 429


def send_to_dead_letter_queue(arn: str, given_up: GivenUp) -> bool:
    """Send the event to a queue or topic. Returns whether that exists."""
    attributes: dict[str, str | int] = {
        "RequestID": given_up.request_id,
        "ErrorCode": given_up.status,
        "ErrorMessage": str(given_up.payload.get("errorMessage", ""))[:_MESSAGE_LENGTH],
    }
    if arn.split(":")[2] == "sqs":
        return queues.send(arn, given_up.event, attributes)
    return topics.publish(arn, given_up.event, attributes)


def send_to_destination(
    arn: str, function: Function, qualifier: str | None, given_up: GivenUp
) -> bool:
    """Send an invocation record to a queue, topic or function. Returns whether that exists."""
    record = json.dumps(_invocation_record(function, qualifier, given_up))
    _, _, service, region, account_id, *_ = arn.split(":")
    if service == "sqs":
        return queues.send(arn, record, {})
    if service == "sns":
        return topics.publish(arn, record)
    backend = get_backend(account_id, region)
    if backend.get_function_by_arn(unqualified(arn)) is None:
        return False
    backend.invoke(arn, None, record, {"X-Amz-Invocation-Type": "Event"}, {})
    return True


def _invocation_record(
    function: Function, qualifier: str | None, given_up: GivenUp
) -> dict[str, Any]:
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": now,
        "requestContext": {
            "requestId": given_up.request_id,
            "functionArn": f"{unqualified(function.arn)}:{qualifier or '$LATEST'}",
            "condition": given_up.condition,
            "approximateInvokeCount": given_up.attempts,
        },
        "requestPayload": json.loads(given_up.event),
    }
    if given_up.attempts:
        record["responseContext"] = {
            "statusCode": given_up.status,
            "executedVersion": function.version,
            "functionError": "Unhandled",
        }
        record["responsePayload"] = given_up.payload
    return record
