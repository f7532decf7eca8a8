"""Events on the embedded AWS are refused, tried again and given up as on AWS."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError
from local_functions import ROLE, deploy, emptied, log_events

from local_aws import LocalAws, RuleNotFireable


@pytest.fixture(scope="module")
def running() -> Iterator[LocalAws]:
    with LocalAws() as aws:
        yield aws


@pytest.fixture
def aws(running: LocalAws) -> LocalAws:
    return emptied(running)


FAILING = "def handler(event, context):\n    print('tried')\n    return 1 / event['by']"


def queue(aws: LocalAws, name: str = "dead", **attributes: str) -> str:
    """Create a queue and return its ARN."""
    aws.client("sqs").create_queue(QueueName=name, Attributes=attributes)
    return f"arn:aws:sqs:{aws.region}:{aws.account_id}:{name}"


def messages(aws: LocalAws, name: str = "dead") -> list[dict[str, Any]]:
    """Take the messages out of a queue, with the values of their attributes."""
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    ).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [
        {
            "body": message["Body"],
            **{
                name: attribute["StringValue"]
                for name, attribute in message.get("MessageAttributes", {}).items()
            },
        }
        for message in found
    ]


def send(aws: LocalAws, function: str, event: Any) -> None:
    """Invoke asynchronously."""
    answer = aws.client("lambda").invoke(
        FunctionName=function, InvocationType="Event", Payload=json.dumps(event).encode()
    )
    assert answer["StatusCode"] == 202


def attempts(aws: LocalAws, group: str = "/aws/lambda/subject") -> int:
    return log_events(aws, group).count("tried")


def total(aws: LocalAws, metric: str, function: str = "subject") -> float | None:
    now = datetime.now(timezone.utc)
    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": function}],
        StartTime=now - timedelta(days=1),
        EndTime=now + timedelta(days=1),
        Period=30 * 86400,
        Statistics=["Sum"],
    )["Datapoints"]
    return found[0]["Sum"] if found else None


@pytest.mark.parametrize("retries", [0, 1, None])
def test_what_fails_is_tried_again_as_configured_and_then_a_dead_letter(
    aws: LocalAws, retries: int | None
) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})
    if retries is not None:
        aws.client("lambda").put_function_event_invoke_config(
            FunctionName=name, MaximumRetryAttempts=retries
        )
    tried = 3 if retries is None else retries + 1

    send(aws, name, {"by": 0})

    assert attempts(aws) == tried
    assert total(aws, "Errors") == tried
    (letter,) = messages(aws)
    assert json.loads(letter["body"]) == {"by": 0}
    assert (letter["ErrorCode"], letter["ErrorMessage"]) == ("200", "division by zero")
    starts = [line for line in log_events(aws, "/aws/lambda/subject") if line.startswith("START")]
    assert [f"START RequestId: {letter['RequestID']} Version: $LATEST"] * tried == starts


def test_what_succeeds_leaves_no_dead_letter(aws: LocalAws) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})

    send(aws, name, {"by": 1})

    assert attempts(aws) == 1
    assert messages(aws) == []


def test_what_a_caller_waits_for_is_neither_tried_again_nor_a_dead_letter(aws: LocalAws) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})

    assert aws.invoke(name, {"by": 0}).function_error

    assert attempts(aws) == 1
    assert messages(aws) == []


def test_a_function_that_recovers_is_not_tried_further(aws: LocalAws) -> None:
    code = """
seen = []
def handler(event, context):
    print('tried')
    seen.append(event)
    return 1 / (len(seen) - 1)
"""
    name = deploy(aws, code, DeadLetterConfig={"TargetArn": queue(aws)})

    send(aws, name, {})

    assert attempts(aws) == 2
    assert messages(aws) == []


def test_a_topic_takes_dead_letters_too(aws: LocalAws) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name="dead")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue(aws))
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": topic})

    send(aws, name, {"by": 0})

    (letter,) = messages(aws)
    told = json.loads(letter["body"])
    assert json.loads(told["Message"]) == {"by": 0}
    assert told["MessageAttributes"]["ErrorMessage"]["Value"] == "division by zero"


def test_a_dead_letter_that_cannot_be_sent_is_counted(aws: LocalAws) -> None:
    gone = f"arn:aws:sqs:{aws.region}:{aws.account_id}:gone"
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": gone})

    send(aws, name, {"by": 0})

    assert total(aws, "DeadLetterErrors") == 1
    assert total(aws, "DestinationDeliveryFailures") is None


def test_dead_letters_are_sent_with_the_permissions_of_the_functions_role(aws: LocalAws) -> None:
    iam = aws.client("iam")
    sending = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [sending]})
    iam.put_role_policy(RoleName=ROLE, PolicyName="dead", PolicyDocument=policy)
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})

    with aws.enforcing_iam():
        send(aws, name, {"by": 0})
        assert len(messages(aws)) == 1
        iam.delete_role_policy(RoleName=ROLE, PolicyName="dead")
        send(aws, name, {"by": 0})
        assert messages(aws) == []
    assert total(aws, "DeadLetterErrors") == 1


def test_a_destination_for_failures_is_told_everything(aws: LocalAws) -> None:
    destination = {"OnFailure": {"Destination": queue(aws, "failures")}}
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=1, DestinationConfig=destination
    )

    send(aws, name, {"by": 0})

    (letter,) = messages(aws)
    (message,) = messages(aws, "failures")
    record = json.loads(message["body"])
    arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:{name}:$LATEST"
    assert record["requestContext"] == {
        "requestId": letter["RequestID"],
        "functionArn": arn,
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 2,
    }
    assert record["requestPayload"] == {"by": 0}
    assert record["responseContext"] == {
        "statusCode": 200,
        "executedVersion": "$LATEST",
        "functionError": "Unhandled",
    }
    assert record["responsePayload"]["errorType"] == "ZeroDivisionError"


def test_a_function_can_be_the_destination_for_failures(aws: LocalAws) -> None:
    code = "def handler(event, context):\n    print(event['requestPayload'])"
    deploy(aws, code, FunctionName="undertaker")
    arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:undertaker"
    name = deploy(aws, FAILING)
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": arn}}
    )

    send(aws, name, {"by": 0})

    assert "{'by': 0}" in log_events(aws, "/aws/lambda/undertaker")


def test_a_destination_of_a_kind_that_is_not_known_is_named(aws: LocalAws) -> None:
    bus = f"arn:aws:events:{aws.region}:{aws.account_id}:event-bus/default"
    name = deploy(aws, FAILING)
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": bus}}
    )

    with pytest.raises(ClientError, match="event-bus/default"):
        send(aws, name, {"by": 0})


def test_an_alias_has_its_own_retries(aws: LocalAws) -> None:
    functions = aws.client("lambda")
    name = deploy(aws, FAILING, Publish=True)
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    functions.put_function_event_invoke_config(
        FunctionName=name, Qualifier="live", MaximumRetryAttempts=0
    )

    send(aws, f"{name}:live", {"by": 0})
    assert attempts(aws) == 1
    send(aws, name, {"by": 0})
    assert attempts(aws) == 1 + 3


def test_a_published_version_keeps_its_dead_letter_queue(aws: LocalAws) -> None:
    functions = aws.client("lambda")
    name = deploy(aws, FAILING, Publish=True, DeadLetterConfig={"TargetArn": queue(aws)})
    functions.update_function_configuration(FunctionName=name, DeadLetterConfig={"TargetArn": ""})

    send(aws, f"{name}:1", {"by": 0})
    assert len(messages(aws)) == 1
    send(aws, name, {"by": 0})
    assert messages(aws) == []


def test_a_function_without_reserved_executions_does_not_run(aws: LocalAws) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})
    functions = aws.client("lambda")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)

    with pytest.raises(functions.exceptions.TooManyRequestsException) as raised:
        aws.invoke(name, {"by": 1})
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert raised.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert (total(aws, "Throttles"), total(aws, "Invocations")) == (1, None)

    send(aws, name, {"by": 1})
    (letter,) = messages(aws)
    assert (letter["ErrorCode"], letter["ErrorMessage"]) == ("429", "Rate Exceeded.")
    assert (total(aws, "Throttles"), total(aws, "Invocations")) == (2, None)

    functions.delete_function_concurrency(FunctionName=name)
    assert aws.invoke(name, {"by": 1}).payload == 1


def test_an_invocation_beyond_the_reserved_ones_is_refused_or_waits(aws: LocalAws) -> None:
    code = """
import socket
def handler(event, context):
    if event:
        with socket.create_connection(("127.0.0.1", event)) as meeting:
            meeting.recv(1)
"""
    name = deploy(aws, code, Timeout=60)
    functions = aws.client("lambda")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    with socket.create_server(("127.0.0.1", 0)) as meeting:
        busy = threading.Thread(target=aws.invoke, args=[name, meeting.getsockname()[1]])
        busy.start()
        running, _ = meeting.accept()  # the function is in its handler now

        with pytest.raises(ClientError, match="TooManyRequestsException"):
            aws.invoke(name)
        assert total(aws, "Throttles") == 1
        waiting = threading.Thread(target=send, args=[aws, name, None])
        waiting.start()
        for _ in range(1000):  # it is refused once, and then waits
            if total(aws, "Throttles") == 2:
                break
        assert total(aws, "Invocations") is None
        running.close()
        for thread in (busy, waiting):
            thread.join()

    assert (total(aws, "Invocations"), total(aws, "Throttles")) == (2, 2)
    assert aws.invoke(name).function_error is None


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
    [(True, "NO_PERMISSIONS", "lacks a permission"), (False, "NO_RESOURCE", "is not there")],
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

    with pytest.raises(RuleNotFireable, match=r"does not let events\.amazonaws\.com send"):
        aws.fire("five")
    letting_in(aws, rule, **statement)
    with pytest.raises(RuleNotFireable, match=r"does not let events\.amazonaws\.com send"):
        aws.fire("five")
    letting_in(aws, rule)
    assert aws.fire("five") == []


def test_a_topic_is_no_dead_letter_queue_of_a_rule(aws: LocalAws) -> None:
    letting_in(aws, scheduled(aws, "gone", permitted=False), Resource=queue(aws))
    topic = aws.client("sns").create_topic(Name="dead")["TopicArn"]
    scheduled(aws, "gone", permitted=False, DeadLetterConfig={"Arn": topic})

    with pytest.raises(RuleNotFireable, match="dead letter queue"):
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

    with pytest.raises(RuleNotFireable, match="lacks a permission"):
        aws.fire("five")
    functions.add_permission(**permission, StatementId="alias", Qualifier="live")
    assert [invocation.payload for invocation in aws.fire("five")] == [1]
