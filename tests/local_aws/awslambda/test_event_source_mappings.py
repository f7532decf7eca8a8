"""Queues of the embedded AWS that functions are mapped to."""

from __future__ import annotations

import json
from typing import Any

from local_aws import LocalAws

from ..functions import deploy, log_events
from .asynchronous import messages, queue

CODE = """
import json
def handler(event, context):
    [record] = event["Records"]
    print("body", record["body"])
    return 1 / json.loads(record["body"])
"""


def mapped(aws: LocalAws, **options: Any) -> str:
    """Map a function to the queue `source`, and return the name of the function."""
    arn = queue(aws, "source")
    name = deploy(aws, CODE)
    functions = aws.client("lambda")
    functions.create_event_source_mapping(EventSourceArn=arn, FunctionName=name, **options)
    return name


def send(aws: LocalAws, *numbers: int) -> None:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="source")["QueueUrl"]
    for number in numbers:
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(number))


def test_a_message_is_deleted_if_the_function_succeeds_and_is_visible_if_not(
    aws: LocalAws,
) -> None:
    name = mapped(aws)
    send(aws, 1)
    assert messages(aws, "source") == []
    send(aws, 0)
    assert messages(aws, "source") == [{"body": "0"}]
    send(aws, 2)
    bodies = [line for line in log_events(aws, f"/aws/lambda/{name}") if line.startswith("body")]
    assert bodies == ["body 1", "body 0", "body 2"]


def test_a_mapping_can_be_disabled(aws: LocalAws) -> None:
    mapped(aws, Enabled=False)
    send(aws, 1)
    assert messages(aws, "source") == [{"body": "1"}]


def test_a_message_stays_in_the_queue_while_the_function_is_throttled(aws: LocalAws) -> None:
    name, functions = mapped(aws), aws.client("lambda")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    send(aws, 1)
    functions.delete_function_concurrency(FunctionName=name)
    send(aws, 2)
    assert messages(aws, "source") == []
