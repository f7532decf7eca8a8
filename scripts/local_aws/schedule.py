"""What EventBridge does when a rule's schedule comes up: send its Lambda targets an event."""

import fnmatch
import json
import uuid
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from local_aws.errors import RuleNotFireable


def due_invocations(events: Any, functions: Any, rule_name: str) -> Iterator[tuple[str, Any]]:
    """Yield the function ARN and the event for each Lambda target of the rule.

    `events` and `functions` are clients of EventBridge and Lambda. Raises `RuleNotFireable`
    where EventBridge would invoke nothing.
    """
    rule = events.describe_rule(Name=rule_name)
    if rule["State"] != "ENABLED":
        raise RuleNotFireable(f"The rule {rule_name} is {rule['State']}: its schedule never fires.")
    if "ScheduleExpression" not in rule:
        raise RuleNotFireable(f"The rule {rule_name} has no schedule.")
    for page in events.get_paginator("list_targets_by_rule").paginate(Rule=rule_name):
        for target in page["Targets"]:
            if ":function:" in target["Arn"]:
                _check_permission(functions, target["Arn"], rule["Arn"])
                yield target["Arn"], _event(target, rule["Arn"])


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


def _check_permission(functions: Any, function_arn: str, rule_arn: str) -> None:
    """Raise unless a statement of the function's policy lets EventBridge invoke it for the rule."""
    try:
        policy = json.loads(functions.get_policy(FunctionName=function_arn)["Policy"])
    except functions.exceptions.ResourceNotFoundException:
        policy = {"Statement": []}
    for statement in policy["Statement"]:
        principal = statement["Principal"]
        service = principal.get("Service") if isinstance(principal, dict) else principal
        conditions = statement.get("Condition", {})
        source = {**conditions.get("ArnLike", {}), **conditions.get("ArnEquals", {})}
        if (
            statement["Effect"] == "Allow"
            and service in ("events.amazonaws.com", "*")
            and statement["Action"] in ("lambda:InvokeFunction", "lambda:*")
            and fnmatch.fnmatchcase(rule_arn, source.get("AWS:SourceArn", "*"))
        ):
            return
    raise RuleNotFireable(
        f"{function_arn} does not let the rule {rule_arn} invoke it: it lacks a permission for "
        "events.amazonaws.com."
    )
