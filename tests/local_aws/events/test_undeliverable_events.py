"""Events of a schedule that the embedded AWS cannot deliver, and those whose run fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_aws import LocalAws, RuleNotFireable

from ..awslambda.asynchronous import FAILING, attempts, messages, queue
from ..functions import deploy


def scheduled(aws: LocalAws, function: str, permitted: bool = True, **target: Any) -> str:
    """Have a rule with a schedule send events to a function, and return the rule's ARN."""
    events = aws.client("events")
    arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:{function}"
    rule: str = events.put_rule(Name="five", ScheduleExpression="rate(5 minutes)")["RuleArn"]
    events.put_targets(Rule="five", Targets=[{"Id": "1", "Arn": arn, **target}])
    if permitted:
        aws.client("lambda").add_permission(
            FunctionName=arn,
            StatementId="rule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=rule,
        )
    return rule


def test_a_scheduled_event_that_fails_is_a_dead_letter_of_the_function(aws: LocalAws) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})
    scheduled(aws, name, Input='{"by": 0}')
    aws.client("lambda").put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=1)

    (invocation,) = aws.fire("five")

    assert invocation.function_name == name
    assert invocation.function_error == "Unhandled"
    assert invocation.payload["errorMessage"] == "division by zero"
    assert "tried" in invocation.log_tail
    assert attempts(aws) == 2
    (letter,) = messages(aws)
    assert json.loads(letter["body"]) == {"by": 0}


def test_a_scheduled_event_for_a_function_that_may_not_run_starts_nothing(aws: LocalAws) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})
    scheduled(aws, name, Input='{"by": 1}')
    aws.client("lambda").put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)

    assert aws.fire("five") == []
    assert len(messages(aws)) == 1


def letting_in(aws: LocalAws, rule: str, **statement: Any) -> None:
    """Let EventBridge send to the queue `dead` for a rule, with another statement if given."""
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
def test_a_scheduled_event_that_cannot_be_delivered_is_a_dead_letter_of_the_rule(
    aws: LocalAws, there: bool, code: str, words: str
) -> None:
    if there:
        deploy(aws, FAILING)
    rule = scheduled(
        aws, "subject", permitted=False, DeadLetterConfig={"Arn": queue(aws)}, Input='{"by": 1}'
    )
    letting_in(aws, rule)

    assert aws.fire("five") == []

    (letter,) = messages(aws)
    assert json.loads(letter["body"]) == {"by": 1}
    assert letter["RULE_ARN"] == rule
    assert letter["TARGET_ARN"].endswith(":function:subject")
    assert letter["ERROR_CODE"] == code
    assert words in letter["ERROR_MESSAGE"]


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
def test_a_dead_letter_queue_that_does_not_let_eventbridge_in_is_none(
    aws: LocalAws, statement: dict[str, Any]
) -> None:
    rule = scheduled(aws, "gone", permitted=False, DeadLetterConfig={"Arn": queue(aws)})

    with pytest.raises(RuleNotFireable, match=r"does not allow events\.amazonaws\.com to send"):
        aws.fire("five")
    letting_in(aws, rule, **statement)
    with pytest.raises(RuleNotFireable, match=r"does not allow events\.amazonaws\.com to send"):
        aws.fire("five")
    letting_in(aws, rule)
    assert aws.fire("five") == []


def test_a_topic_is_no_dead_letter_queue_of_a_rule(aws: LocalAws) -> None:
    letting_in(aws, scheduled(aws, "gone", permitted=False), Resource=queue(aws))
    topic = aws.client("sns").create_topic(Name="dead")["TopicArn"]
    scheduled(aws, "gone", permitted=False, DeadLetterConfig={"Arn": topic})

    with pytest.raises(RuleNotFireable, match="dead-letter queue"):
        aws.fire("five")


def test_a_permission_is_for_the_alias_or_the_function_it_was_given_for(aws: LocalAws) -> None:
    functions = aws.client("lambda")
    name = deploy(aws, FAILING, Publish=True)
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    rule = scheduled(aws, f"{name}:live", permitted=False, Input='{"by": 1}')
    permission = {
        "FunctionName": name,
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceArn": rule,
    }
    functions.add_permission(**permission, StatementId="function")

    with pytest.raises(RuleNotFireable, match="to invoke it for the rule"):
        aws.fire("five")
    functions.add_permission(**permission, StatementId="alias", Qualifier="live")
    assert [invocation.payload for invocation in aws.fire("five")] == [1]
