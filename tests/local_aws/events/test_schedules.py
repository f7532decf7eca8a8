"""Scheduled rules of the embedded AWS invoke functions as EventBridge does."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from local_aws import LocalAws, RuleNotFireable

from ..functions import deploy
from .rules import permission, schedule

ECHO = "def handler(event, context):\n    return event"


def scheduled(aws: LocalAws, permitted: bool = True, **target: Any) -> str:
    """Create a function, and a rule with it and a queue as targets. Return the ARN of the rule."""
    rule = schedule(aws, deploy(aws, ECHO), permitted, **target)
    queue = f"arn:aws:sqs:{aws.region}:{aws.account_id}:queue"
    aws.client("events").put_targets(Rule="five", Targets=[{"Id": "2", "Arn": queue}])
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


def test_a_fired_rule_sends_the_input_of_the_target(aws: LocalAws) -> None:
    scheduled(aws, Input='{"only": "this"}')

    assert [invocation.payload for invocation in aws.fire("five")] == [{"only": "this"}]


def test_a_target_gets_what_its_template_makes_of_the_event(aws: LocalAws) -> None:
    template = '{"at": <time>, "only": "this"}'
    paths = {"time": "$.time"}
    scheduled(aws, InputTransformer={"InputPathsMap": paths, "InputTemplate": template})
    [invocation] = aws.fire("five")
    assert invocation.payload["only"] == "this"
    assert datetime.fromisoformat(invocation.payload["at"].replace("Z", "+00:00"))


def test_an_event_can_be_of_another_time(aws: LocalAws) -> None:
    scheduled(aws)
    at = datetime(2024, 1, 15, 14, tzinfo=timezone(timedelta(hours=1)))
    [invocation] = aws.fire("five", at)
    assert invocation.payload["time"] == "2024-01-15T13:00:00Z"


def test_a_disabled_rule_is_not_fired(aws: LocalAws) -> None:
    scheduled(aws)
    aws.client("events").disable_rule(Name="five")

    with pytest.raises(RuleNotFireable, match="five is DISABLED"):
        aws.fire("five")
    aws.client("events").enable_rule(Name="five")
    assert len(aws.fire("five")) == 1


def test_a_rule_without_permission_to_invoke_the_function_is_not_fired(aws: LocalAws) -> None:
    scheduled(aws, permitted=False)

    with pytest.raises(RuleNotFireable, match="to invoke it for the rule"):
        aws.fire("five")


def test_a_target_keeps_its_dead_letter_queue_and_retry_policy(aws: LocalAws) -> None:
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


def test_a_permission_for_another_account_does_not_count(aws: LocalAws) -> None:
    rule = scheduled(aws, permitted=False)
    functions, permitted = aws.client("lambda"), {"FunctionName": "subject", **permission(rule)}
    functions.add_permission(**permitted, SourceAccount="210987654321")
    with pytest.raises(RuleNotFireable, match="to invoke it for the rule"):
        aws.fire("five")
    permitted["StatementId"] = "own"
    functions.add_permission(**permitted, SourceAccount=aws.account_id)
    assert len(aws.fire("five")) == 1
