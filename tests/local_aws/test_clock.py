"""A clock that is passed to the embedded AWS."""

from __future__ import annotations

import time

from local_aws import LocalAws

from .clocks import SetClock
from .functions import emptied
from .stepfunctions.machines import run
from .stepfunctions.test_executions import SDK, task, waiting

DAY_SEC = 86400


def test_messages_become_visible_by_the_clock() -> None:
    clock = SetClock()
    with LocalAws(clock=clock) as aws:
        sqs = aws.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="message")
        counts = []
        for seconds in (0, 500, 500):
            clock.advance(seconds)
            received = sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)
            counts.append(len(received.get("Messages", [])))
    assert counts == [1, 0, 1]


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
