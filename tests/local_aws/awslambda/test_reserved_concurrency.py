"""Invocations beyond the reserved concurrency of a function are throttled."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from ..calls import Call
from ..functions import deploy, waiting_function
from ..metrics import total, wait_for_total
from .asynchronous import FAILING, messages, queue, send


def test_a_function_with_a_reserved_concurrency_of_zero_does_not_run(aws: LocalAws) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})
    functions = aws.client("lambda")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)

    with pytest.raises(functions.exceptions.TooManyRequestsException) as raised:
        aws.invoke(name, {"by": 1})
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert raised.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert (total(aws, "Throttles"), total(aws, "Invocations")) == (1, None)

    send(aws, name, {"by": 1})
    (dead_letter,) = messages(aws)
    assert (dead_letter["ErrorCode"], dead_letter["ErrorMessage"]) == ("429", "Rate Exceeded.")
    assert (total(aws, "Throttles"), total(aws, "Invocations")) == (2, None)

    functions.delete_function_concurrency(FunctionName=name)
    assert aws.invoke(name, {"by": 1}).payload == 1


def test_an_invocation_beyond_the_reserved_concurrency_is_throttled_or_waits(aws: LocalAws) -> None:
    functions = aws.client("lambda")
    with waiting_function(aws) as listening:
        functions.put_function_concurrency(FunctionName="subject", ReservedConcurrentExecutions=1)
        running = Call(aws.invoke, "subject", "wait")
        connection, _ = listening.accept()  # the handler runs

        with pytest.raises(ClientError, match="TooManyRequestsException"):
            aws.invoke("subject")
        assert total(aws, "Throttles") == 1
        waiting = Call(send, aws, "subject", None)
        wait_for_total(aws, "Throttles", 2)  # it counts as throttled, and then waits
        assert total(aws, "Invocations") is None
        connection.close()
        for call in (running, waiting):
            call.result()

    assert (total(aws, "Invocations"), total(aws, "Throttles")) == (2, 2)
    assert aws.invoke("subject").function_error is None
