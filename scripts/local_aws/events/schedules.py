"""What EventBridge does when a rule's schedule comes up: send its Lambda targets an event."""

import fnmatch
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from moto.awslambda.utils import get_backend

from local_aws.awslambda import dead_letters
from local_aws.awslambda.executor import Result
from local_aws.awslambda.function import qualifier_in
from local_aws.awslambda.functions import LocalFunction
from local_aws.errors import RuleNotFireable


@dataclass(frozen=True, slots=True)
class Due:
    """An event (JSON text) for a function; `refusal` says why it cannot be delivered, if so."""

    rule_arn: str
    target_arn: str
    dead_letter_arn: str | None
    event: str
    refusal: "_Refusal | None"

    @property
    def function_name(self) -> str:
        return self.target_arn.split(":")[6]


@dataclass(frozen=True, slots=True)
class _Refusal:
    code: str
    reason: str


def due_events(events: Any, functions: Any, rule_name: str) -> Iterator[Due]:
    """Yield the event for each Lambda target of the rule.

    `events` and `functions` are clients of EventBridge and Lambda. Raises `RuleNotFireable`
    where EventBridge would do nothing, or could deliver an event nowhere.
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
                refusal = _refusal(functions, target["Arn"], rule["Arn"])
                if refusal:
                    _check_dead_letters(dead_letter_arn, rule["Arn"], refusal)
                event = json.dumps(_event(target, rule["Arn"]))
                yield Due(rule["Arn"], target["Arn"], dead_letter_arn, event, refusal)


def deliver(due: Due) -> Result | None:
    """Call the function asynchronously and return the last attempt's result, None if none ran.

    An event that cannot be delivered becomes a dead letter of the rule's target.
    """
    if due.refusal:
        assert due.dead_letter_arn
        attributes = {
            "RULE_ARN": due.rule_arn,
            "TARGET_ARN": due.target_arn,
            "ERROR_CODE": due.refusal.code,
            "ERROR_MESSAGE": due.refusal.reason,
        }
        dead_letters.send(due.dead_letter_arn, dead_letters.Message(due.event, attributes))
        return None
    _, _, _, region, account_id, *_ = due.target_arn.split(":")
    function = get_backend(account_id, region).get_function(due.target_arn)
    assert isinstance(function, LocalFunction)
    return function.deliver(due.event, qualifier_in(due.target_arn))


def _check_dead_letters(arn: str | None, rule_arn: str, refusal: _Refusal) -> None:
    """Raise unless an event that is refused has a queue to go to."""
    if arn is None:
        raise RuleNotFireable(refusal.reason)
    if not dead_letters.lets_events_in(arn, rule_arn):
        raise RuleNotFireable(
            f"{refusal.reason} And the dead letter queue {arn} is not there, or does not let "
            f"events.amazonaws.com send to it for the rule {rule_arn}."
        )


def _event(target: dict[str, Any], rule_arn: str) -> Any:
    for unknown in ("InputPath", "InputTransformer"):
        if unknown in target:
            raise RuleNotFireable(f"The target {target['Id']} has an {unknown}: not known here.")
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


def _refusal(functions: Any, function_arn: str, rule_arn: str) -> _Refusal | None:
    """Return why EventBridge cannot invoke the function for the rule, None if it can."""
    missing = functions.exceptions.ResourceNotFoundException
    try:
        functions.get_function_configuration(FunctionName=function_arn)
    except missing:
        return _Refusal("NO_RESOURCE", f"{function_arn} is not there.")
    try:
        policy = json.loads(functions.get_policy(FunctionName=function_arn)["Policy"])
    except missing:
        policy = {"Statement": []}
    for statement in policy["Statement"]:
        principal = statement["Principal"]
        service = principal.get("Service") if isinstance(principal, dict) else principal
        conditions = statement.get("Condition", {})
        source = {**conditions.get("ArnLike", {}), **conditions.get("ArnEquals", {})}
        if (
            statement["Effect"] == "Allow"
            and statement["Resource"] == function_arn
            and service in ("events.amazonaws.com", "*")
            and statement["Action"] in ("lambda:InvokeFunction", "lambda:*")
            and fnmatch.fnmatchcase(rule_arn, source.get("AWS:SourceArn", "*"))
        ):
            return None
    return _Refusal(
        "NO_PERMISSIONS",
        f"{function_arn} does not let the rule {rule_arn} invoke it: it lacks a permission for "
        "events.amazonaws.com.",
    )
