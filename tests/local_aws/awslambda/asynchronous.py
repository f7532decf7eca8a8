"""Asynchronous invocations on the embedded AWS, and queues for their dead letters."""

from __future__ import annotations

import json
from typing import Any

from local_aws import LocalAws

from ..functions import log_events

FAILING = "def handler(event, context):\n    print('tried')\n    return 1 / event['by']"


def queue(aws: LocalAws, name: str = "dead", **attributes: str) -> str:
    """Create a queue and return its ARN."""
    aws.client("sqs").create_queue(QueueName=name, Attributes=attributes)
    return f"arn:aws:sqs:{aws.region}:{aws.account_id}:{name}"


def messages(aws: LocalAws, name: str = "dead") -> list[dict[str, Any]]:
    """Receive and delete the messages of a queue. Returns bodies with the values of attributes."""
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
