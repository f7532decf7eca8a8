"""What EventBridge does with an event that cannot be delivered to a target."""

from __future__ import annotations

from dataclasses import dataclass

from local_aws.iam.policies import Decision, Document, Permission, Principal, evaluate
from local_aws.sqs import queues

_EVENTBRIDGE = Principal.service("events.amazonaws.com")


@dataclass(frozen=True, slots=True)
class DeliveryError:
    """Why an event cannot be delivered, with EventBridge's code for the reason."""

    code: str
    message: str


def is_allowed(policy: Document | None, action: str, resource_arn: str, rule_arn: str) -> bool:
    """Return whether the policy of a resource allows EventBridge an action for a rule."""
    context = {
        "aws:sourcearn": rule_arn,
        "aws:sourceaccount": rule_arn.split(":")[4],
        "aws:securetransport": "true",
    }
    decision = evaluate(
        Permission(action, resource_arn, context),
        resource_policies=[policy] if policy else [],
        principal=_EVENTBRIDGE,
    )
    return decision is Decision.ALLOW


def accepts(queue_arn: str | None, rule_arn: str) -> bool:
    """Return whether a queue exists and allows EventBridge to send to it for a rule."""
    queue = queues.find(queue_arn) if queue_arn else None
    return queue is not None and is_allowed(
        queue.policy, "sqs:SendMessage", queue.queue_arn, rule_arn
    )


def send_to_dead_letter_queue(
    queue_arn: str, event: str, rule_arn: str, target_arn: str, error: DeliveryError
) -> None:
    """Send an event (JSON text) to the dead-letter queue of a target."""
    attributes = {
        "RULE_ARN": rule_arn,
        "TARGET_ARN": target_arn,
        "ERROR_CODE": error.code,
        "ERROR_MESSAGE": error.message,
    }
    queues.send(queue_arn, event, attributes)
