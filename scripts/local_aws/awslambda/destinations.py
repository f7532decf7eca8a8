"""Where Lambda sends asynchronous events in the end: to destinations and dead-letter queues."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from moto.awslambda.utils import get_backend

from local_aws.awslambda.function import Function, unqualified
from local_aws.sns import topics
from local_aws.sqs import queues

_MESSAGE_LENGTH = 1024


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an asynchronous invocation comes to after so many attempts.

    `condition` is Lambda's name for it: `Success`, or the reason to give the event up. `payload`
    is what the last attempt returned.
    """

    request_id: str
    event: str
    condition: str
    attempts: int
    payload: Any
    function_error: str | None = None

    @property
    def status(self) -> int:
        """The HTTP status of the last attempt; that of a function that fails is 200."""
        return 200 if self.attempts else 429


def send_to_dead_letter_queue(arn: str, outcome: Outcome) -> bool:
    """Send the event to a queue or topic. Returns whether that exists."""
    attributes: dict[str, str | int] = {
        "RequestID": outcome.request_id,
        "ErrorCode": outcome.status,
        "ErrorMessage": str(outcome.payload.get("errorMessage", ""))[:_MESSAGE_LENGTH],
    }
    if arn.split(":")[2] == "sqs":
        return queues.send(arn, outcome.event, attributes)
    return topics.publish(arn, outcome.event, attributes)


def send_to_destination(
    arn: str, function: Function, qualifier: str | None, outcome: Outcome
) -> bool:
    """Send an invocation record to a queue, topic or function. Returns whether that exists.

    Raises NotImplementedError for any other destination.
    """
    record = json.dumps(_invocation_record(function, qualifier, outcome))
    _, _, service, region, account_id, *_ = arn.split(":")
    if service == "sqs":
        return queues.send(arn, record, {})
    if service == "sns":
        return topics.publish(arn, record)
    if service != "lambda":
        raise NotImplementedError(f"events cannot go to {arn}: only to SQS, SNS, Lambda.")
    backend = get_backend(account_id, region)
    if backend.get_function_by_arn(unqualified(arn)) is None:
        return False
    backend.invoke(arn, None, record, {"X-Amz-Invocation-Type": "Event"}, {})
    return True


def _invocation_record(
    function: Function, qualifier: str | None, outcome: Outcome
) -> dict[str, Any]:
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": now,
        "requestContext": {
            "requestId": outcome.request_id,
            "functionArn": f"{unqualified(function.arn)}:{qualifier or '$LATEST'}",
            "condition": outcome.condition,
            "approximateInvokeCount": outcome.attempts,
        },
        "requestPayload": json.loads(outcome.event),
    }
    if outcome.attempts:
        record["responseContext"] = {
            "statusCode": outcome.status,
            "executedVersion": function.version,
        }
        if outcome.function_error:
            record["responseContext"]["functionError"] = outcome.function_error
        record["responsePayload"] = outcome.payload
    return record
