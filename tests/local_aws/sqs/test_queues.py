"""Queues of the embedded AWS."""

from __future__ import annotations

import json

from local_aws import LocalAws


def test_a_redrive_policy_is_returned_as_aws_writes_it(aws: LocalAws) -> None:
    sqs = aws.client("sqs")
    sqs.create_queue(QueueName="dead")
    policy = {"deadLetterTargetArn": f"arn:aws:sqs:{aws.region}:{aws.account_id}:dead"}
    policy_text = json.dumps({**policy, "maxReceiveCount": 4}, separators=(",", ":"))
    url = sqs.create_queue(QueueName="q", Attributes={"RedrivePolicy": policy_text})["QueueUrl"]

    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["RedrivePolicy"] == policy_text


def test_messages_that_are_sent_in_a_batch_keep_their_system_attributes(aws: LocalAws) -> None:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3f"}}
    entries = [
        {"Id": "traced", "MessageBody": "traced", "MessageSystemAttributes": trace},
        {"Id": "plain", "MessageBody": "plain"},
    ]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)
    messages = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["AWSTraceHeader"]
    )["Messages"]
    headers = {each["Body"]: each.get("Attributes", {}).get("AWSTraceHeader") for each in messages}
    assert headers == {"traced": "Root=1-5759e988-bd862e3f", "plain": None}


def received(aws: LocalAws, url: str) -> str | None:
    """Receive the only message of a queue for a minute, and return its receipt handle."""
    messages = aws.client("sqs").receive_message(QueueUrl=url, VisibilityTimeout=60).get("Messages")
    return str(messages[0]["ReceiptHandle"]) if messages else None


def received_twice(aws: LocalAws) -> tuple[str, str]:
    """Return the URL of a queue whose message is received a second time, and the first handle."""
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="message")
    first = received(aws, url)
    assert first
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=first, VisibilityTimeout=0)
    return url, first


def test_a_message_is_deleted_only_with_its_last_receipt_handle(aws: LocalAws) -> None:
    url, first = received_twice(aws)
    last = received(aws, url)
    for handle, left in [(first, "1"), (last, "0"), (last, "0")]:
        aws.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=handle)
        attributes = aws.client("sqs").get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
        )["Attributes"]
        assert attributes == {"ApproximateNumberOfMessagesNotVisible": left}


def test_an_old_receipt_handle_does_not_make_a_message_visible(aws: LocalAws) -> None:
    url, first = received_twice(aws)
    assert received(aws, url)
    aws.client("sqs").change_message_visibility(
        QueueUrl=url, ReceiptHandle=first, VisibilityTimeout=0
    )
    assert received(aws, url) is None


def test_a_visible_message_stays_visible(aws: LocalAws) -> None:
    url, first = received_twice(aws)
    aws.client("sqs").change_message_visibility(
        QueueUrl=url, ReceiptHandle=first, VisibilityTimeout=60
    )
    assert received(aws, url)
