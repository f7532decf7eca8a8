"""What EventBridge does when the schedule of a rule comes up: it sends events to Lambda."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from moto.awslambda.utils import get_backend

from local_aws.awslambda.executor import Result
from local_aws.awslambda.function import qualifier_in
from local_aws.awslambda.local_function import LocalFunction
from local_aws.errors import RuleNotFireable
from local_aws.iam.policies import Decision, Permission, Principal, evaluate
from local_aws.sqs import queues

_EVENTBRIDGE = Principal.service("events.amazonaws.com")


@dataclass(frozen=True, slots=True)
class DeliveryError:
    """Why an event cannot be delivered, with EventBridge's code for the reason."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ScheduledEvent:
    """An event (JSON text) for a function, and what keeps EventBridge from delivering it."""

    rule_arn: str
    target_arn: str
    dead_letter_arn: str | None
    event: str
    error: DeliveryError | None

    @property
    def function_name(self) -> str:
        return self.target_arn.split(":")[6]


def scheduled_events(events: Any, functions: Any, rule_name: str) -> Iterator[ScheduledEvent]:
    """Yield an event for each Lambda target of a rule.

    `events` and `functions` are clients of EventBridge and Lambda. Raises `RuleNotFireable` if
    EventBridge would do nothing, or would lose an event.
    """
    rule = events.describe_rule(Name=rule_name)
    if rule["State"] != "ENABLED":
        raise RuleNotFireable(f"The rule {rule_name} is {rule['State']}: its schedule never fires.")
    if "ScheduleExpression" not in rule:
        raise RuleNotFireable(f"The rule {rule_name} has no schedule.")
    for page in events.get_paginator("list_targets_by_rule").paginate(Rule=rule_name):
        for target in page["Targets"]:
            if ":function:" in target["Arn"]:
                dead_letter_arn = target.get("DeadLetterConfig", {}).get("Arn")
                error = _delivery_error(functions, target["Arn"], rule["Arn"])
                if error:
                    _check_dead_letter_queue(dead_letter_arn, rule["Arn"], error)
                event = json.dumps(_event(target, rule["Arn"]))
                yield ScheduledEvent(rule["Arn"], target["Arn"], dead_letter_arn, event, error)


def deliver(scheduled: ScheduledEvent) -> Result | None:
    """Invoke the function asynchronously, and return the result of the last attempt.

    An event that cannot be delivered goes to the dead-letter queue of the target. The result is
    None if the function has not run.
    """
    if scheduled.error:
        assert scheduled.dead_letter_arn
        attributes = {
            "RULE_ARN": scheduled.rule_arn,
            "TARGET_ARN": scheduled.target_arn,
            "ERROR_CODE": scheduled.error.code,
            "ERROR_MESSAGE": scheduled.error.message,
        }
        queues.send(scheduled.dead_letter_arn, scheduled.event, attributes)
        return None
    _, _, _, region, account_id, *_ = scheduled.target_arn.split(":")
    function = get_backend(account_id, region).get_function(scheduled.target_arn)
    assert isinstance(function, LocalFunction)
    return function.invoke_async(scheduled.event, qualifier_in(scheduled.target_arn))


def _delivery_error(functions: Any, function_arn: str, rule_arn: str) -> DeliveryError | None:
    missing = functions.exceptions.ResourceNotFoundException
    try:
        functions.get_function_configuration(FunctionName=function_arn)
    except missing:
        return DeliveryError("NO_RESOURCE", f"{function_arn} does not exist.")
    try:
        policy = functions.get_policy(FunctionName=function_arn)["Policy"]
    except missing:
        policy = None
    if _is_allowed(policy, "lambda:InvokeFunction", function_arn, rule_arn):
        return None
    return DeliveryError(
        "NO_PERMISSIONS",
        f"{function_arn} does not allow events.amazonaws.com to invoke it for the rule {rule_arn}.",
    )


def _check_dead_letter_queue(arn: str | None, rule_arn: str, error: DeliveryError) -> None:
    """Raise if an event that cannot be delivered would be lost."""
    if arn is None:
        raise RuleNotFireable(error.message)
    queue = queues.find(arn)
    if queue is None or not _is_allowed(queue.policy, "sqs:SendMessage", arn, rule_arn):
        raise RuleNotFireable(
            f"{error.message} The dead-letter queue {arn} does not exist, or does not allow "
            f"events.amazonaws.com to send to it for the rule {rule_arn}."
        )


def _is_allowed(policy: Any, action: str, resource_arn: str, rule_arn: str) -> bool:
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


def _event(target: dict[str, Any], rule_arn: str) -> Any:
    for unknown in ("InputPath", "InputTransformer"):
        if unknown in target:
            raise RuleNotFireable(
                f"The target {target['Id']} has an {unknown}, which the embedded AWS does not know."
            )
    if "Input" in target:
        return json.loads(target["Input"])
    _, _, _, region, account_id, _ = rule_arn.split(":", 5)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account_id,
        "time": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [rule_arn],
        "detail": {},
    }
