"""Rules of the embedded AWS that invoke functions."""

from __future__ import annotations

from typing import Any

from local_aws import LocalAws


def schedule(aws: LocalAws, function: str, permitted: bool = True, **target: Any) -> str:
    """Create the rule `five` with a function as its target. Return the ARN of the rule."""
    events = aws.client("events")
    arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:{function}"
    rule: str = events.put_rule(Name="five", ScheduleExpression="rate(5 minutes)")["RuleArn"]
    events.put_targets(Rule="five", Targets=[{"Id": "1", "Arn": arn, **target}])
    if permitted:
        aws.client("lambda").add_permission(FunctionName=arn, **permission(rule))
    return rule


def permission(rule: str) -> dict[str, str]:
    """Return the permission that a rule needs to invoke a function."""
    return {
        "StatementId": "rule",
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceArn": rule,
    }
