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
