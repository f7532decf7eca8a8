"""Events of scheduled rules that cannot be delivered, or whose function fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_aws import LocalAws, RuleNotFireable

from ..awslambda.asynchronous import FAILING, attempts, messages, queue
from ..functions import deploy
from .rules import permission, schedule


def test_the_event_of_a_failing_function_is_a_dead_letter_of_the_function(aws: LocalAws) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})
    schedule(aws, name, Input='{"by": 0}')
    aws.client("lambda").put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=1)

    (invocation,) = aws.fire("five")

    assert invocation.function_name == name
    assert invocation.function_error == "Unhandled"
    assert invocation.payload["errorMessage"] == "division by zero"
    assert "tried" in invocation.log_tail
    assert attempts(aws) == 2
    (dead_letter,) = messages(aws)
    assert json.loads(dead_letter["body"]) == {"by": 0}


def test_an_event_for_a_function_with_a_reserved_concurrency_of_zero_runs_nothing(
    aws: LocalAws,
) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})
    schedule(aws, name, Input='{"by": 1}')
    aws.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)

    assert aws.fire("five") == []
    assert len(messages(aws)) == 1


def allow_eventbridge(aws: LocalAws, rule: str, **statement: Any) -> None:
    """Allow EventBridge to send to the queue `dead` for a rule. `statement` replaces elements."""
    arn = f"arn:aws:sqs:{aws.region}:{aws.account_id}:dead"
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
        **statement,
    }
    sqs = aws.client("sqs")
    sqs.set_queue_attributes(
        QueueUrl=sqs.get_queue_url(QueueName="dead")["QueueUrl"],
        Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [allowed]})},
    )


@pytest.mark.parametrize(
    ("there", "code", "words"),
    [
        (True, "NO_PERMISSIONS", "to invoke it for the rule"),
        (False, "NO_RESOURCE", "does not exist"),
    ],
)
def test_an_undeliverable_event_is_a_dead_letter_of_the_rule(
    aws: LocalAws, there: bool, code: str, words: str
) -> None:
    if there:
        deploy(aws, FAILING)
    rule = schedule(
        aws, "subject", permitted=False, DeadLetterConfig={"Arn": queue(aws)}, Input='{"by": 1}'
    )
    allow_eventbridge(aws, rule)

    assert aws.fire("five") == []

    (dead_letter,) = messages(aws)
    assert json.loads(dead_letter["body"]) == {"by": 1}
    assert dead_letter["RULE_ARN"] == rule
    assert dead_letter["TARGET_ARN"].endswith(":function:subject")
    assert dead_letter["ERROR_CODE"] == code
    assert words in dead_letter["ERROR_MESSAGE"]


@pytest.mark.parametrize(
    "statement",
    [
        {"Principal": {"Service": "sns.amazonaws.com"}},
        {"Action": "sqs:ReceiveMessage"},
        {"Resource": "arn:aws:sqs:us-east-1:123456789012:other"},
        {"Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:events:us-east-1:1:rule/other"}}},
        {"Effect": "Deny"},
    ],
)
def test_a_dead_letter_queue_must_allow_eventbridge(
    aws: LocalAws, statement: dict[str, Any]
) -> None:
    rule = schedule(aws, "gone", permitted=False, DeadLetterConfig={"Arn": queue(aws)})

    with pytest.raises(RuleNotFireable, match=r"does not allow events\.amazonaws\.com to send"):
        aws.fire("five")
    allow_eventbridge(aws, rule, **statement)
    with pytest.raises(RuleNotFireable, match=r"does not allow events\.amazonaws\.com to send"):
        aws.fire("five")
    allow_eventbridge(aws, rule)
    assert aws.fire("five") == []


def test_a_topic_cannot_be_the_dead_letter_queue_of_a_rule(aws: LocalAws) -> None:
    allow_eventbridge(aws, schedule(aws, "gone", permitted=False), Resource=queue(aws))
    topic = aws.client("sns").create_topic(Name="dead")["TopicArn"]
    schedule(aws, "gone", permitted=False, DeadLetterConfig={"Arn": topic})

    with pytest.raises(RuleNotFireable, match="dead-letter queue"):
        aws.fire("five")


def test_a_permission_of_a_function_does_not_extend_to_its_aliases(aws: LocalAws) -> None:
    functions = aws.client("lambda")
    name = deploy(aws, FAILING, Publish=True)
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    rule = schedule(aws, f"{name}:live", permitted=False, Input='{"by": 1}')
    permitted = {"FunctionName": name, **permission(rule)}
    functions.add_permission(**permitted)

    with pytest.raises(RuleNotFireable, match="to invoke it for the rule"):
        aws.fire("five")
    permitted["StatementId"] = "alias"
    functions.add_permission(**permitted, Qualifier="live")
    assert [invocation.payload for invocation in aws.fire("five")] == [1]
