"""A clock that is passed to the embedded AWS."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from .clocks import SetClock
from .functions import emptied
from .stepfunctions.machines import run
from .stepfunctions.test_executions import SDK, task, waiting

DAY_SEC = 86400


def queue_with_a_message(aws: LocalAws) -> str:
    url: str = aws.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="message")
    return url


def test_messages_become_visible_by_the_clock() -> None:
    clock = SetClock()
    with LocalAws(clock=clock) as aws:
        sqs = aws.client("sqs")
        url = queue_with_a_message(aws)
        counts = []
        for seconds in (0, 500, 500):
            clock.advance(seconds)
            received = sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)
            counts.append(len(received.get("Messages", [])))
    assert counts == [1, 0, 1]


def test_time_can_be_advanced_without_another_clock() -> None:
    with LocalAws() as aws:
        sqs = aws.client("sqs")
        url = queue_with_a_message(aws)
        counts = []
        for seconds in (0, 0, 600):
            aws.advance(seconds)
            received = sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)
            counts.append(len(received.get("Messages", [])))
    assert counts == [1, 0, 1]


def test_a_message_is_given_back_though_it_was_sent_long_ago() -> None:
    clock = SetClock()
    with LocalAws(clock=clock) as aws:
        sqs = aws.client("sqs")
        url = queue_with_a_message(aws)
        clock.advance(DAY_SEC)
        for _ in range(2):
            [message] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)["Messages"]
            handle = message["ReceiptHandle"]
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)


def test_a_message_is_invisible_for_at_most_twelve_hours_after_its_receipt() -> None:
    clock = SetClock()
    with LocalAws(clock=clock) as aws:
        sqs = aws.client("sqs")
        url = queue_with_a_message(aws)
        [message] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=3600)["Messages"]
        clock.advance(600)
        with pytest.raises(ClientError, match="beyond the limit"):
            sqs.change_message_visibility(
                QueueUrl=url,
                ReceiptHandle=message["ReceiptHandle"],
                VisibilityTimeout=DAY_SEC // 2,
            )


def test_responses_have_the_date_of_the_clock() -> None:
    clock = SetClock()
    clock.advance(DAY_SEC)
    with LocalAws(clock=clock) as aws:
        headers = aws.client("sqs").list_queues()["ResponseMetadata"]["HTTPHeaders"]
    ahead = parsedate_to_datetime(headers["date"]).timestamp() - time.time()
    assert DAY_SEC / 2 < ahead <= DAY_SEC


def test_state_machines_wait_by_the_clock() -> None:
    began = time.monotonic()
    with LocalAws(clock=SetClock()) as aws:
        emptied(aws)
        assert run(aws, {"Wait": waiting(DAY_SEC)})["status"] == "SUCCEEDED"
        url = f"{aws.endpoint}/{aws.account_id}/missing"
        retry = [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": DAY_SEC}]
        state = task(f"{SDK}:sqs:receiveMessage", {"QueueUrl": url}, Retry=retry)
        aws.client("stepfunctions").delete_state_machine(
            stateMachineArn=f"arn:aws:states:{aws.region}:{aws.account_id}:stateMachine:machine"
        )
        assert run(aws, {"Receive": state})["error"] == "Sqs.QueueDoesNotExistException"
    assert time.monotonic() - began < DAY_SEC
