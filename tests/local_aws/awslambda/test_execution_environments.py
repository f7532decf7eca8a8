"""Execution environments of the embedded AWS are reused and ended as those of Lambda."""

from __future__ import annotations

import json
import socket

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from ...processes import PATIENCE_SEC
from ..calls import Call
from ..functions import deploy, waiting_function, zipped

COUNTER = """
calls = 0
def handler(event, context):
    global calls
    calls += 1
    return ["{}", calls]
"""


def test_a_warm_environment_keeps_its_globals_until_code_or_configuration_change(
    aws: LocalAws,
) -> None:
    name = deploy(aws, COUNTER.format("old"))
    functions = aws.client("lambda")

    assert [aws.invoke(name).payload for _ in range(3)] == [["old", 1], ["old", 2], ["old", 3]]
    functions.update_function_code(
        FunctionName=name, ZipFile=zipped({"main.py": COUNTER.format("new")})
    )
    assert [aws.invoke(name).payload for _ in range(2)] == [["new", 1], ["new", 2]]
    functions.update_function_configuration(FunctionName=name, MemorySize=256)
    assert aws.invoke(name).payload == ["new", 1]


def test_a_function_that_is_created_again_starts_cold(aws: LocalAws) -> None:
    name = deploy(aws, COUNTER.format("first"))
    aws.invoke(name)
    aws.client("lambda").delete_function(FunctionName=name)

    assert aws.invoke(deploy(aws, COUNTER.format("first"))).payload == ["first", 1]


def test_concurrent_invocations_run_in_separate_environments(aws: LocalAws) -> None:
    with waiting_function(aws) as listening:
        warm = aws.invoke("subject").payload
        calls = [Call(aws.invoke, "subject", "wait") for _ in range(2)]
        for connection in [listening.accept()[0] for _ in calls]:
            connection.close()
        together = {call.result().payload for call in calls}

    assert len(together) == 2
    assert warm in together


@pytest.mark.parametrize("how", ["reset", "delete"])
def test_a_deleted_function_leaves_no_process(aws: LocalAws, how: str) -> None:
    code = """
import socket
def handler(event, context):
    global connection
    connection = socket.create_connection(("127.0.0.1", event))
"""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        aws.invoke(deploy(aws, code), listening.getsockname()[1])
        connection, _ = listening.accept()
    with connection:
        connection.settimeout(PATIENCE_SEC)
        if how == "reset":
            aws.reset()
        else:
            aws.client("lambda").delete_function(FunctionName="subject")
        assert connection.recv(1) == b""


def test_a_daemon_thread_that_hangs_does_not_delay_the_result(aws: LocalAws) -> None:
    code = """
import threading
def handler(event, context):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    return "answered"
"""
    name = deploy(aws, code)

    assert [aws.invoke(name).payload for _ in range(2)] == ["answered", "answered"]


def test_a_published_version_keeps_running_the_code_it_was_published_with(aws: LocalAws) -> None:
    name = deploy(aws, COUNTER.format("old"))
    functions = aws.client("lambda")
    version = functions.publish_version(FunctionName=name)["Version"]
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    functions.update_function_code(
        FunctionName=name, ZipFile=zipped({"main.py": COUNTER.format("new")})
    )
    arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:{name}"

    assert aws.invoke(f"{arn}:live").payload == ["old", 1]
    assert aws.invoke(arn).payload == ["new", 1]
    qualified = functions.invoke(FunctionName=name, Qualifier=version)
    assert json.loads(qualified["Payload"].read()) == ["old", 2]


def test_a_dry_run_runs_nothing_and_an_unknown_function_is_not_found(aws: LocalAws) -> None:
    name = deploy(aws, COUNTER.format("it"))
    functions = aws.client("lambda")

    assert functions.invoke(FunctionName=name, InvocationType="DryRun")["StatusCode"] == 204
    assert functions.invoke(FunctionName=name, InvocationType="Event")["StatusCode"] == 202
    assert aws.invoke(name).payload == ["it", 2]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws.invoke("nobody")


@pytest.mark.parametrize("end", ["os._exit(7)", "return 'answered'"])
def test_a_process_that_a_function_leaves_behind_does_not_delay_the_result(
    aws: LocalAws, end: str
) -> None:
    code = f"""
import os, subprocess, sys
def handler(event, context):
    wait = f"import socket; socket.create_connection(('127.0.0.1', {{event}})).recv(1)"
    subprocess.Popen([sys.executable, "-c", wait], start_new_session=True)
    print("last words")
    sys.stdout.flush()
    {end}
"""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE_SEC)
        invocation = aws.invoke(deploy(aws, code), listening.getsockname()[1])
        listening.accept()[0].close()
    assert "last words\n" in invocation.log_tail
    assert (invocation.payload == "answered") is end.startswith("return")
