"""Asynchronous invocations on the embedded AWS are retried, and leave dead letters."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from ..functions import ROLE, deploy, log_events, permit
from ..metrics import total
from .asynchronous import FAILING, attempts, messages, queue, send


@pytest.mark.parametrize("retries", [0, 1, None])
def test_a_failing_function_is_retried_as_configured_and_its_event_is_a_dead_letter(
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
    (dead_letter,) = messages(aws)
    assert json.loads(dead_letter["body"]) == {"by": 0}
    assert (dead_letter["ErrorCode"], dead_letter["ErrorMessage"]) == ("200", "division by zero")
    starts = [line for line in log_events(aws, "/aws/lambda/subject") if line.startswith("START")]
    assert [f"START RequestId: {dead_letter['RequestID']} Version: $LATEST"] * tried == starts


def test_a_function_that_succeeds_leaves_no_dead_letter(aws: LocalAws) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})

    send(aws, name, {"by": 1})

    assert attempts(aws) == 1
    assert messages(aws) == []


def test_a_synchronous_invocation_is_not_retried_and_leaves_no_dead_letter(aws: LocalAws) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})

    assert aws.invoke(name, {"by": 0}).function_error

    assert attempts(aws) == 1
    assert messages(aws) == []


def test_a_retry_that_succeeds_is_the_last(aws: LocalAws) -> None:
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


def test_dead_letters_may_go_to_a_topic(aws: LocalAws) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name="dead")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue(aws))
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": topic})

    send(aws, name, {"by": 0})

    (dead_letter,) = messages(aws)
    notification = json.loads(dead_letter["body"])
    assert json.loads(notification["Message"]) == {"by": 0}
    assert notification["MessageAttributes"]["ErrorMessage"]["Value"] == "division by zero"


def test_a_subscribed_function_that_fails_is_retried_and_leaves_a_dead_letter(
    aws: LocalAws,
) -> None:
    arn = queue(aws)
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": arn})
    topic = aws.client("sns").create_topic(Name="topic")["TopicArn"]
    function = aws.client("lambda").get_function_configuration(FunctionName=name)
    permit(aws, name, "sns", topic)
    aws.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=function["FunctionArn"])
    aws.client("sns").publish(TopicArn=topic, Message="by zero")
    assert attempts(aws) == 3
    [dead_letter] = messages(aws)
    assert json.loads(dead_letter["body"])["Records"][0]["Sns"]["Message"] == "by zero"


def test_a_dead_letter_that_cannot_be_sent_is_counted(aws: LocalAws) -> None:
    gone = f"arn:aws:sqs:{aws.region}:{aws.account_id}:gone"
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": gone})

    send(aws, name, {"by": 0})

    assert total(aws, "DeadLetterErrors") == 1
    assert total(aws, "DestinationDeliveryFailures") is None


def test_dead_letters_are_sent_with_the_execution_role(aws: LocalAws) -> None:
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


def test_a_destination_for_failures_gets_an_invocation_record(aws: LocalAws) -> None:
    destination = {"OnFailure": {"Destination": queue(aws, "failures")}}
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=1, DestinationConfig=destination
    )

    send(aws, name, {"by": 0})

    (dead_letter,) = messages(aws)
    (message,) = messages(aws, "failures")
    record = json.loads(message["body"])
    arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:{name}:$LATEST"
    assert record["requestContext"] == {
        "requestId": dead_letter["RequestID"],
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
    deploy(aws, code, FunctionName="destination")
    arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:destination"
    name = deploy(aws, FAILING)
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=name, DestinationConfig={"OnFailure": {"Destination": arn}}
    )

    send(aws, name, {"by": 0})

    assert "{'by': 0}" in log_events(aws, "/aws/lambda/destination")


def test_a_destination_for_successes_gets_an_invocation_record(aws: LocalAws) -> None:
    destinations = {
        "OnFailure": {"Destination": queue(aws, "failures")},
        "OnSuccess": {"Destination": queue(aws, "successes")},
    }
    name = deploy(aws, FAILING)
    aws.client("lambda").put_function_event_invoke_config(
        FunctionName=name, DestinationConfig=destinations
    )

    send(aws, name, {"by": 4})

    assert messages(aws, "failures") == []
    (message,) = messages(aws, "successes")
    record = json.loads(message["body"])
    assert record["requestContext"]["condition"] == "Success"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["requestPayload"] == {"by": 4}
    assert record["responseContext"] == {"statusCode": 200, "executedVersion": "$LATEST"}
    assert record["responsePayload"] == 0.25


def test_a_destination_requires_the_permission_of_the_execution_role(aws: LocalAws) -> None:
    iam, functions = aws.client("iam"), aws.client("lambda")
    name = deploy(aws, FAILING)
    destination = {"OnFailure": {"Destination": queue(aws, "failures")}}
    sending = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [sending]})

    with aws.enforcing_iam():
        with pytest.raises(ClientError, match="permissions to call SendMessage on"):
            functions.put_function_event_invoke_config(
                FunctionName=name, DestinationConfig=destination
            )
        iam.put_role_policy(RoleName=ROLE, PolicyName="send", PolicyDocument=policy)
        functions.put_function_event_invoke_config(FunctionName=name, DestinationConfig=destination)
        iam.delete_role_policy(RoleName=ROLE, PolicyName="send")
        send(aws, name, {"by": 0})

    assert messages(aws, "failures") == []
    assert total(aws, "DestinationDeliveryFailures") == 1


def test_an_unsupported_destination_is_named(aws: LocalAws) -> None:
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
