"""Functions on the embedded AWS succeed and fail as they do on Lambda."""

from __future__ import annotations

import os
import sys

import pytest

from local_aws import LocalAws

from ...processes import PATIENCE_SEC
from ..functions import deploy, invoke_until, log_events, zipped


def test_the_result_is_what_the_handler_returns(aws: LocalAws) -> None:
    name = deploy(aws, "def handler(event, context):\n    return {'got': event}")

    invocation = aws.invoke(name, {"a": [1, None]})

    assert invocation.payload == {"got": {"a": [1, None]}}
    assert invocation.function_error is None
    assert invocation.status_code == 200
    assert invocation.function_name == name
    assert aws.invoke(name).payload == {"got": None}


def test_the_context_describes_the_invocation(aws: LocalAws) -> None:
    code = """
def handler(event, context):
    left = context.get_remaining_time_in_millis()
    return {
        "left": left, "name": context.function_name, "memory": context.memory_limit_in_mb,
        "arn": context.invoked_function_arn, "request": context.aws_request_id,
        "group": context.log_group_name, "stream": context.log_stream_name,
    }
"""
    found = aws.invoke(deploy(aws, code, Timeout=PATIENCE_SEC, MemorySize=192)).payload

    assert 0 < found["left"] <= PATIENCE_SEC * 1000
    assert found["name"] == "subject"
    assert found["memory"] == "192"
    assert found["arn"] == f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:subject"
    assert found["group"] == "/aws/lambda/subject"
    assert log_events(aws, "/aws/lambda/subject")[0] == (
        f"START RequestId: {found['request']} Version: $LATEST"
    )
    streams = aws.client("logs").describe_log_streams(logGroupName="/aws/lambda/subject")
    assert [stream["logStreamName"] for stream in streams["logStreams"]] == [found["stream"]]


def test_an_exception_is_reported_with_its_type_and_frames(aws: LocalAws) -> None:
    code = """
def helper():
    raise LookupError("no such thing")

def handler(event, context):
    helper()
"""
    invocation = aws.invoke(deploy(aws, code))

    assert invocation.function_error == "Unhandled"
    assert invocation.payload["errorType"] == "LookupError"
    assert invocation.payload["errorMessage"] == "no such thing"
    assert f"RequestId: {invocation.payload['requestId']}" in invocation.log_tail
    outer, inner = invocation.payload["stackTrace"]
    assert "line 6, in handler\n" in outer
    assert "line 3, in helper\n" in inner
    assert "[ERROR] LookupError: no such thing\nTraceback (most recent call last):" in (
        invocation.log_tail
    )


@pytest.mark.parametrize(
    ("code", "error_type", "words"),
    [
        ("import nowhere", "Runtime.ImportModuleError", "No module named 'nowhere'"),
        ("def handler(:", "Runtime.UserCodeSyntaxError", "Syntax error in module 'main'"),
        ("other = 1", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'main'"),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        (
            "def handler(event, context):\n    return {1, 2}",
            "Runtime.MarshalError",
            "not JSON serializable",
        ),
    ],
)
def test_a_function_that_cannot_run_says_why(
    aws: LocalAws, code: str, error_type: str, words: str
) -> None:
    invocation = aws.invoke(deploy(aws, code))

    assert invocation.function_error == "Unhandled"
    assert invocation.payload["errorType"] == error_type
    assert words in invocation.payload["errorMessage"]
    assert f"[ERROR] {error_type}:" in invocation.log_tail


def test_a_function_is_killed_at_its_timeout(aws: LocalAws) -> None:
    code = """
import threading
def handler(event, context):
    if event == "hang":
        print("waiting")
        threading.Event().wait()
    return "done"
"""
    name = deploy(aws, code, Timeout=1)

    invocation = invoke_until(aws, name, "hang", lambda found: "waiting\n" in found.log_tail)

    assert invocation.function_error == "Unhandled"
    assert "Task timed out after 1.00 seconds" in invocation.payload["errorMessage"]
    assert "Task timed out after 1.00 seconds\nEND RequestId" in invocation.log_tail
    invoke_until(aws, name, "again", lambda found: found.payload == "done")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("sys.exit(3)", "exit status 3"),
        ("sys.exit()", "without providing a reason"),
        ("os._exit(7)", "exit status 7"),
        pytest.param(
            "os.kill(os.getpid(), 9)",
            "signal: killed",
            marks=pytest.mark.skipif(os.name == "nt", reason="no signals on Windows"),
        ),
    ],
)
def test_a_process_that_ends_fails_only_its_invocation(
    aws: LocalAws, statement: str, reason: str
) -> None:
    code = f"""
import os, sys
def handler(event, context):
    print("before the end", flush=True)
    if event == "end":
        {statement}
    return "alive"
"""
    name = deploy(aws, code)

    invocation = aws.invoke(name, "end")

    assert invocation.function_error == "Unhandled"
    assert invocation.payload["errorType"] == "Runtime.ExitError"
    assert reason in invocation.payload["errorMessage"]
    assert "before the end\n" in invocation.log_tail
    assert aws.invoke(name, "live").payload == "alive"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the peak")
@pytest.mark.parametrize(
    "after",
    [
        "return len(held)",
        pytest.param(
            "threading.Event().wait()",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells meanwhile"),
        ),
    ],
)
def test_memory_beyond_the_limit_ends_the_function(aws: LocalAws, after: str) -> None:
    code = f"""
import threading
def handler(event, context):
    held = b"x" * (event * 2**20)
    if event > 1:
        {after}
    return len(held)
"""
    name = deploy(aws, code, MemorySize=128)

    assert aws.invoke(name, 1).payload == 2**20
    invocation = aws.invoke(name, 200)
    assert invocation.payload["errorType"] == "Runtime.OutOfMemory"
    assert "Max Memory Used: 128 MB" in invocation.log_tail


def test_a_function_sees_its_own_environment_and_not_that_of_the_parent(
    aws: LocalAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_PARENT", "seen")
    code = "import os\ndef handler(event, context):\n    return dict(os.environ)"
    name = deploy(aws, code, Environment={"Variables": {"OWN": "1", "AWS_REGION": "elsewhere"}})

    seen = aws.invoke(name).payload

    assert "OF_THE_PARENT" not in seen
    assert seen["OWN"] == "1"
    assert seen["AWS_REGION"] == aws.region
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == name
    assert seen["AWS_LAMBDA_FUNCTION_VERSION"] == "$LATEST"
    assert seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "128"
    assert seen["AWS_EXECUTION_ENV"] == "AWS_Lambda_python3.13"
    assert seen["_HANDLER"] == "main.handler"


def test_a_function_imports_its_own_code_layers_and_boto3_only(aws: LocalAws) -> None:
    code = """
import boto3, importlib.util, os, layered
def handler(event, context):
    boto3.client("s3").create_bucket(Bucket="made-by-function")
    others = [importlib.util.find_spec(name) for name in ("local_aws", "diva", "child")]
    return {"layer": layered.VALUE, "others": others, "at_root": os.path.exists("main.py")}
"""
    layer = aws.client("lambda").publish_layer_version(
        LayerName="layer", Content={"ZipFile": zipped({"python/layered.py": "VALUE = 5"})}
    )

    invocation = aws.invoke(deploy(aws, code, Layers=[layer["LayerVersionArn"]]))

    assert invocation.payload == {"layer": 5, "others": [None] * 3, "at_root": True}
    assert aws.client("s3").head_bucket(Bucket="made-by-function")
