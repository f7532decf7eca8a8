"""Many clients of the embedded AWS at once: each is answered as if it had been alone."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from moto.dynamodb.models import DynamoDBBackend
from moto.iam.models import IAMBackend
from moto.s3.models import S3Backend
from moto.sqs.models import SQSBackend

from local_aws import LocalAws

from .functions import TRUST, emptied

CLIENTS = 8
PATIENCE_SEC = 120
MEETING_SEC = 0.5


@pytest.fixture
def aws(running: LocalAws) -> LocalAws:
    emptied(running)
    running.client("s3").create_bucket(Bucket="crowded")
    running.client("dynamodb").create_table(
        TableName="crowded",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    running.client("sqs").create_queue(QueueName="crowded")
    return running


def make_role(aws: LocalAws, name: str) -> None:
    aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)


def put_object(aws: LocalAws, name: str) -> None:
    aws.client("s3").put_object(Bucket="crowded", Key=name, Body=b"", IfNoneMatch="*")


def put_item(aws: LocalAws, name: str) -> None:
    aws.client("dynamodb").put_item(TableName="crowded", Item={"id": {"S": name}})


def send(aws: LocalAws, name: str) -> None:
    sqs = aws.client("sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="crowded")["QueueUrl"], MessageBody=name)


@pytest.mark.parametrize(
    ("backend", "method", "call"),
    [
        (IAMBackend, "create_role", make_role),
        (S3Backend, "put_object", put_object),
        (DynamoDBBackend, "put_item", put_item),
        (SQSBackend, "send_message", send),
    ],
)
def test_no_two_requests_are_answered_at_a_time(
    backend: type,
    method: str,
    call: Callable[[LocalAws, str], None],
    aws: LocalAws,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = getattr(backend, method)
    meeting = threading.Barrier(2)
    met: list[int] = []

    def wait_for_another(*arguments: Any, **options: Any) -> Any:
        # Broken if nobody comes, and from then on nobody is waited for.
        with contextlib.suppress(threading.BrokenBarrierError):
            met.append(meeting.wait(MEETING_SEC))
        return answer(*arguments, **options)

    monkeypatch.setattr(backend, method, wait_for_another)
    with ThreadPoolExecutor(CLIENTS) as pool:
        names = [f"client-{number}" for number in range(CLIENTS)]
        list(pool.map(lambda name: call(aws, name), names, timeout=PATIENCE_SEC))
    assert not met


def test_others_are_answered_during_a_long_poll(aws: LocalAws) -> None:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="crowded")["QueueUrl"]
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
        send(aws, "arrived")
        messages = poll.result(PATIENCE_SEC)["Messages"]
    assert [message["Body"] for message in messages] == ["arrived"]
