"""Reserved concurrency of the embedded AWS refuses what is beyond it."""

from __future__ import annotations

import socket
import threading

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from ..functions import deploy
from .asynchronous import FAILING, messages, queue, send, total


def test_a_function_without_reserved_executions_does_not_run(aws: LocalAws) -> None:
    name = deploy(aws, FAILING, DeadLetterConfig={"TargetArn": queue(aws)})
    functions = aws.client("lambda")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)

    with pytest.raises(functions.exceptions.TooManyRequestsException) as raised:
        aws.invoke(name, {"by": 1})
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert raised.value.response["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert (total(aws, "Throttles"), total(aws, "Invocations")) == (1, None)

    send(aws, name, {"by": 1})
    (letter,) = messages(aws)
    assert (letter["ErrorCode"], letter["ErrorMessage"]) == ("429", "Rate Exceeded.")
    assert (total(aws, "Throttles"), total(aws, "Invocations")) == (2, None)

    functions.delete_function_concurrency(FunctionName=name)
    assert aws.invoke(name, {"by": 1}).payload == 1


def test_an_invocation_beyond_the_reserved_ones_is_refused_or_waits(aws: LocalAws) -> None:
    code = """
import socket
def handler(event, context):
    if event:
        with socket.create_connection(("127.0.0.1", event)) as meeting:
            meeting.recv(1)
"""
    name = deploy(aws, code, Timeout=60)
    functions = aws.client("lambda")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    with socket.create_server(("127.0.0.1", 0)) as meeting:
        busy = threading.Thread(target=aws.invoke, args=[name, meeting.getsockname()[1]])
        busy.start()
        running, _ = meeting.accept()  # the function is in its handler now

        with pytest.raises(ClientError, match="TooManyRequestsException"):
            aws.invoke(name)
        assert total(aws, "Throttles") == 1
        waiting = threading.Thread(target=send, args=[aws, name, None])
        waiting.start()
        for _ in range(1000):  # it is refused once, and then waits
            if total(aws, "Throttles") == 2:
                break
        assert total(aws, "Invocations") is None
        running.close()
        for thread in (busy, waiting):
            thread.join()

    assert (total(aws, "Invocations"), total(aws, "Throttles")) == (2, 2)
    assert aws.invoke(name).function_error is None
