"""A reset of the embedded AWS ends the functions and long polls that are under way."""

from __future__ import annotations

import pytest

from local_aws import LocalAws

from ..processes import PATIENCE_SEC
from .calls import Call, invoke, observed_poll
from .functions import waiting_function
from .metrics import wait_for_total


def is_empty(aws: LocalAws) -> bool:
    """Return whether nothing was logged and no metric put since the last reset."""
    return not (
        aws.client("cloudwatch").list_metrics()["Metrics"]
        or aws.client("logs").describe_log_groups()["logGroups"]
    )


@pytest.mark.parametrize("how", ["RequestResponse", "Event", "topic", "rule"])
def test_a_reset_ends_a_running_function_which_is_not_retried(aws: LocalAws, how: str) -> None:
    with waiting_function(aws) as listening:
        call = invoke(aws, how)
        connection, _ = listening.accept()
        with connection:
            aws.reset()
            connection.settimeout(PATIENCE_SEC)
            assert connection.recv(1) == b""
        assert "was reset or closed" in str(call.error())
        assert is_empty(aws)
        listening.settimeout(0)
        with pytest.raises(BlockingIOError):
            listening.accept()


def test_a_reset_ends_invocations_that_wait_for_another(aws: LocalAws) -> None:
    with waiting_function(aws) as listening:
        functions = aws.client("lambda")
        functions.put_function_concurrency(FunctionName="subject", ReservedConcurrentExecutions=1)
        calls = [invoke(aws, "Event") for _ in range(3)]
        connection, _ = listening.accept()
        with connection:
            wait_for_total(aws, "Throttles", 2)
            aws.reset()
            assert all("was reset or closed" in str(call.error()) for call in calls)
        assert is_empty(aws)


def test_a_reset_ends_a_long_poll(aws: LocalAws) -> None:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    with observed_poll() as polling:
        call = Call(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
        assert polling.wait(PATIENCE_SEC)
        aws.reset()
        assert "was reset or closed" in str(call.error())
