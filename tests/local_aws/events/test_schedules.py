"""Rules of the embedded AWS start functions as EventBridge does."""

from __future__ import annotations

from typing import Any

import pytest

from local_aws import LocalAws, RuleNotFireable

from ..functions import deploy

ECHO = "def handler(event, context):\n    return event"


def scheduled(aws: LocalAws, permitted: bool = True, **target: Any) -> str:
    """Create a rule with two targets, the function and a queue, and return the rule's ARN."""
    name = deploy(aws, ECHO)
    arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:{name}"
    queue = f"arn:aws:sqs:{aws.region}:{aws.account_id}:queue"
    events = aws.client("events")
    rule: str = events.put_rule(Name="five", ScheduleExpression="rate(5 minutes)")["RuleArn"]
    events.put_targets(
        Rule="five", Targets=[{"Id": "1", "Arn": arn, **target}, {"Id": "2", "Arn": queue}]
    )
    if permitted:
        aws.client("lambda").add_permission(
            FunctionName=name,
            StatementId="rule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=rule,
        )
    return rule


def test_a_fired_rule_sends_the_scheduled_event(aws: LocalAws) -> None:
    rule = scheduled(aws)

    (invocation,) = aws.fire("five")

    assert invocation.function_name == "subject"
    assert invocation.payload["source"] == "aws.events"
    assert invocation.payload["detail-type"] == "Scheduled Event"
    assert invocation.payload["resources"] == [rule]
    assert invocation.payload["account"] == aws.account_id
    assert invocation.payload["detail"] == {}


def test_a_fired_rule_sends_the_targets_own_input(aws: LocalAws) -> None:
    scheduled(aws, Input='{"only": "this"}')

    assert [invocation.payload for invocation in aws.fire("five")] == [{"only": "this"}]


def test_a_disabled_rule_is_not_fired(aws: LocalAws) -> None:
    scheduled(aws)
    aws.client("events").disable_rule(Name="five")

    with pytest.raises(RuleNotFireable, match="five is DISABLED"):
        aws.fire("five")
    aws.client("events").enable_rule(Name="five")
    assert len(aws.fire("five")) == 1


def test_a_rule_without_permission_for_the_function_is_not_fired(aws: LocalAws) -> None:
    scheduled(aws, permitted=False)

    with pytest.raises(RuleNotFireable, match="to invoke it for the rule"):
        aws.fire("five")


def test_targets_keep_their_dead_letters_and_retries(aws: LocalAws) -> None:
    events = aws.client("events")
    events.put_rule(Name="five", ScheduleExpression="rate(5 minutes)")
    target = {
        "Id": "1",
        "Arn": f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:f",
        "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{aws.region}:{aws.account_id}:dead"},
        "RetryPolicy": {"MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 60},
    }
    events.put_targets(Rule="five", Targets=[target])

    assert events.list_targets_by_rule(Rule="five")["Targets"] == [target]


def test_a_permission_for_another_account_is_none(aws: LocalAws) -> None:
    rule = scheduled(aws, permitted=False)
    permission = {
        "FunctionName": "subject",
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceArn": rule,
    }
    functions = aws.client("lambda")
    functions.add_permission(**permission, StatementId="other", SourceAccount="210987654321")
    with pytest.raises(RuleNotFireable, match="to invoke it for the rule"):
        aws.fire("five")
    functions.add_permission(**permission, StatementId="own", SourceAccount=aws.account_id)
    assert len(aws.fire("five")) == 1
