"""What EventBridge does when the schedule of a rule comes up.

It sends events to functions, and starts executions of state machines.
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from moto.awslambda.utils import get_backend
from moto.stepfunctions import responses as stepfunctions
from moto.stepfunctions.exceptions import StateMachineDoesNotExist

from local_aws.awslambda.executor import Result
from local_aws.awslambda.function import qualifier_in
from local_aws.awslambda.local_function import LocalFunction
from local_aws.errors import RuleNotFireable
from local_aws.events.delivery import (
    DeliveryError,
    accepts,
    is_allowed,
    send_to_dead_letter_queue,
)
from local_aws.iam.authorization import Authorization, RoleSession
from local_aws.stepfunctions.permissions import to_start


@dataclass(frozen=True, slots=True)
class ScheduledEvent:
    """An event (JSON text) for a function or state machine.

    `error` is what keeps EventBridge from delivering it.
    """

    rule_arn: str
    target_arn: str
    dead_letter_arn: str | None
    event: str
    error: DeliveryError | None

    @property
    def target_name(self) -> str:
        return self.target_arn.split(":")[6]


def scheduled_events(
    events: Any,
    functions: Any,
    authorization: Authorization,
    rule_name: str,
    at: datetime | None = None,
) -> Iterator[ScheduledEvent]:
    """Yield an event for each target of a rule that is a function or a state machine.

    `events` and `functions` are clients of EventBridge and Lambda. `at` is the time in the event,
    by default the current one. Raises `RuleNotFireable` if
    EventBridge would do nothing, or would lose an event.
    """
    rule = events.describe_rule(Name=rule_name)
    if rule["State"] != "ENABLED":
        raise RuleNotFireable(f"The rule {rule_name} is {rule['State']}: its schedule never fires.")
    if "ScheduleExpression" not in rule:
        raise RuleNotFireable(f"The rule {rule_name} has no schedule.")
    for page in events.get_paginator("list_targets_by_rule").paginate(Rule=rule_name):
        for target in page["Targets"]:
            if ":function:" in target["Arn"] or ":stateMachine:" in target["Arn"]:
                dead_letter_arn = target.get("DeadLetterConfig", {}).get("Arn")
                if ":function:" in target["Arn"]:
                    error = _invoke_error(functions, target["Arn"], rule["Arn"])
                else:
                    error = _start_error(authorization, target, rule_name)
                if error:
                    _check_dead_letter_queue(dead_letter_arn, rule["Arn"], error)
                event = json.dumps(_event(target, rule["Arn"], at))
                yield ScheduledEvent(rule["Arn"], target["Arn"], dead_letter_arn, event, error)


def deliver(scheduled: ScheduledEvent) -> Result | None:
    """Start an execution, or invoke the function and return the result of the last attempt.

    An event that cannot be delivered goes to the dead-letter queue of the target. The result is
    None if no function has run.
    """
    if scheduled.error:
        assert scheduled.dead_letter_arn
        send_to_dead_letter_queue(
            scheduled.dead_letter_arn,
            scheduled.event,
            scheduled.rule_arn,
            scheduled.target_arn,
            scheduled.error,
        )
        return None
    _, _, _, region, account_id, kind, _ = scheduled.target_arn.split(":", 6)
    if kind == "stateMachine":
        machines: Any = stepfunctions.get_backend(account_id, region)
        machines.start_execution(scheduled.target_arn, None, scheduled.event)
        return None
    function = get_backend(account_id, region).get_function(scheduled.target_arn)
    assert isinstance(function, LocalFunction)
    return function.invoke_async(scheduled.event, qualifier_in(scheduled.target_arn))


def _invoke_error(functions: Any, function_arn: str, rule_arn: str) -> DeliveryError | None:
    missing = functions.exceptions.ResourceNotFoundException
    try:
        functions.get_function_configuration(FunctionName=function_arn)
    except missing:
        return DeliveryError("NO_RESOURCE", f"{function_arn} does not exist.")
    try:
        policy = functions.get_policy(FunctionName=function_arn)["Policy"]
    except missing:
        policy = None
    if is_allowed(policy, "lambda:InvokeFunction", function_arn, rule_arn):
        return None
    return DeliveryError(
        "NO_PERMISSIONS",
        f"{function_arn} does not allow events.amazonaws.com to invoke it for the rule {rule_arn}.",
    )


def _start_error(
    authorization: Authorization, target: dict[str, Any], session_name: str
) -> DeliveryError | None:
    arn = target["Arn"]
    _, _, _, region, account_id, *_ = arn.split(":")
    try:
        stepfunctions.get_backend(account_id, region).describe_state_machine(arn)
    except StateMachineDoesNotExist:
        return DeliveryError("NO_RESOURCE", f"{arn} does not exist.")
    denied = authorization.denied(RoleSession(target["RoleArn"], session_name), to_start(arn))
    return DeliveryError("NO_PERMISSIONS", denied.message) if denied else None


def _check_dead_letter_queue(arn: str | None, rule_arn: str, error: DeliveryError) -> None:
    """Raise if an event that cannot be delivered would be lost."""
    if arn is None:
        raise RuleNotFireable(error.message)
    if not accepts(arn, rule_arn):
        raise RuleNotFireable(
            f"{error.message} The dead-letter queue {arn} does not exist, or does not allow "
            f"events.amazonaws.com to send to it for the rule {rule_arn}."
        )


def _event(target: dict[str, Any], rule_arn: str, at: datetime | None) -> Any:
    if "InputPath" in target:
        raise RuleNotFireable(
            f"The target {target['Id']} has an InputPath, which the embedded AWS does not know."
        )
    if "Input" in target:
        return json.loads(target["Input"])
    _, _, _, region, account_id, _ = rule_arn.split(":", 5)
    utc = at.astimezone(timezone.utc) if at else datetime.now(timezone.utc)
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account_id,
        "time": utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [rule_arn],
        "detail": {},
    }
    return (
        _transformed(event, target["InputTransformer"]) if "InputTransformer" in target else event
    )


def _transformed(event: dict[str, Any], transformer: dict[str, Any]) -> Any:
    """Return the input that a template makes of an event. Its paths are fields of the event."""
    text: str = transformer["InputTemplate"]
    for name, path in transformer.get("InputPathsMap", {}).items():
        text = text.replace(f"<{name}>", json.dumps(event[path.removeprefix("$.")]))
    return json.loads(text)
