"""Where events go that could not be handled: the messages, and the way to queues and topics."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from moto.awslambda.utils import get_backend
from moto.sns.models import sns_backends
from moto.sqs.exceptions import QueueDoesNotExist
from moto.sqs.models import Queue, sqs_backends

from local_aws.awslambda.function import Function, unqualified
from local_aws.iam.policies import Need, why_refused

_MESSAGE_LENGTH = 1024


@dataclass(frozen=True, slots=True)
class Failure:
    """Why Lambda gives an event up; `payload` is the last answer, with the error's message."""

    request_id: str
    condition: str
    attempts: int
    payload: Mapping[str, Any]

    @property
    def status(self) -> int:
        """The HTTP status of the last attempt: a function that failed has answered."""
        return 200 if self.attempts else 429


@dataclass(frozen=True, slots=True)
class Message:
    """A text and its attributes; whole numbers are attributes of the type Number."""

    body: str
    attributes: Mapping[str, str | int]


def letter(event: str, failure: Failure) -> Message:
    """Return what a function's dead letter queue or topic gets."""
    attributes: dict[str, str | int] = {
        "RequestID": failure.request_id,
        "ErrorCode": failure.status,
        "ErrorMessage": str(failure.payload.get("errorMessage", ""))[:_MESSAGE_LENGTH],
    }
    return Message(event, attributes)


def record(function: Function, event: str, qualifier: str | None, failure: Failure) -> Message:
    """Return what a destination for failures gets."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    context: dict[str, Any] = {
        "requestId": failure.request_id,
        "functionArn": f"{unqualified(function.arn)}:{qualifier or '$LATEST'}",
        "condition": failure.condition,
        "approximateInvokeCount": failure.attempts,
    }
    told: dict[str, Any] = {
        "version": "1.0",
        "timestamp": now,
        "requestContext": context,
        "requestPayload": json.loads(event),
    }
    if failure.attempts:
        told["responseContext"] = {
            "statusCode": failure.status,
            "executedVersion": function.version,
            "functionError": "Unhandled",
        }
        told["responsePayload"] = failure.payload
    return Message(json.dumps(told), {})


def send(arn: str, message: Message) -> bool:
    """Send to a queue, topic or function; return whether it is there."""
    _, _, service, region, account_id, *_ = arn.split(":")
    if service == "sqs":
        queue = _queue(arn)
        if queue is None:
            return False
        attributes = {
            name: {
                "DataType": "Number" if isinstance(value, int) else "String",
                "StringValue": str(value),
            }
            for name, value in message.attributes.items()
        }
        sqs_backends[account_id][region].send_message(queue.name, message.body, attributes)
        return True
    if service == "sns":
        topics = sns_backends[account_id][region]
        if arn not in topics.topics:
            return False
        attributes = {
            name: {
                "Type": "Number" if isinstance(value, int) else "String",
                "Value": str(value),
            }
            for name, value in message.attributes.items()
        }
        topics.publish(message.body, arn, message_attributes=attributes)
        return True
    functions = get_backend(account_id, region)
    if functions.get_function_by_arn(unqualified(arn)) is None:
        return False
    functions.invoke(arn, None, message.body, {"X-Amz-Invocation-Type": "Event"}, {})
    return True


def lets_events_in(queue_arn: str, rule_arn: str) -> bool:
    """Whether a queue is there, and its policy lets EventBridge send to it for the rule."""
    queue = _queue(queue_arn)
    if queue is None or queue.policy is None:
        return False
    policy = json.loads(queue.policy)
    context = {
        "aws:sourcearn": rule_arn,
        "aws:sourceaccount": rule_arn.split(":")[4],
        "aws:securetransport": "true",
    }
    statements = policy["Statement"]
    concerned = [
        statement
        for statement in (statements if isinstance(statements, list) else [statements])
        if _names_events(statement.get("Principal"))
    ]
    document = json.dumps({**policy, "Statement": concerned})
    return why_refused([document], Need("sqs:SendMessage", queue_arn, context)) is None


def _names_events(principal: Any) -> bool:
    if not isinstance(principal, dict):
        return bool(principal == "*")
    services = principal.get("Service", [])
    named = services if isinstance(services, list) else [services]
    return "events.amazonaws.com" in named or principal.get("AWS") == "*"


def _queue(arn: str) -> Queue | None:
    _, _, service, region, account_id, name = arn.split(":")
    if service != "sqs":
        return None
    try:
        return sqs_backends[account_id][region].get_queue(name)
    except QueueDoesNotExist:
        return None
