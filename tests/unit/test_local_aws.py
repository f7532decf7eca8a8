"""Functions on the embedded AWS behave as they do on Lambda."""

import io
import json
import os
import socket
import sys
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws, RuleNotFireable

ROLE = "function"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ],
    }
)


@pytest.fixture(scope="module")
def running() -> Iterator[LocalAws]:
    with LocalAws() as aws:
        yield aws


@pytest.fixture
def aws(running: LocalAws) -> LocalAws:
    running.reset()
    running.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=TRUST)
    return running


def zipped(files: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


def deploy(aws: LocalAws, code: str, **options: Any) -> str:
    """Create a function from `code`, whose handler is `handler`, and return its name."""
    name: str = options.pop("FunctionName", "subject")
    aws.client("lambda").create_function(
        FunctionName=name,
        Role=f"arn:aws:iam::{aws.account_id}:role/{ROLE}",
        Code={"ZipFile": zipped({"main.py": code})},
        **{"Runtime": "python3.13", "Handler": "main.handler", **options},
    )
    return name


def log_events(aws: LocalAws, group: str) -> list[str]:
    found = aws.client("logs").filter_log_events(logGroupName=group)["events"]
    return [event["message"] for event in found]


def test_the_result_is_what_the_handler_returns(aws: LocalAws) -> None:
    name = deploy(aws, "def handler(event, context):\n    return {'got': event}")

    invocation = aws.invoke(name, {"a": [1, None]})

    assert invocation.payload == {"got": {"a": [1, None]}}
    assert invocation.function_error is None
    assert invocation.status_code == 200
    assert invocation.function_name == name
    assert aws.invoke(name).payload == {"got": None}


def test_the_context_tells_of_the_invocation(aws: LocalAws) -> None:
    code = """
def handler(event, context):
    left = context.get_remaining_time_in_millis()
    return {
        "left": left, "name": context.function_name, "memory": context.memory_limit_in_mb,
        "arn": context.invoked_function_arn, "request": context.aws_request_id,
        "group": context.log_group_name, "stream": context.log_stream_name,
    }
"""
    told = aws.invoke(deploy(aws, code, Timeout=7, MemorySize=192)).payload

    assert 0 < told["left"] <= 7000
    assert told["name"] == "subject"
    assert told["memory"] == "192"
    assert told["arn"] == f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:subject"
    assert told["group"] == "/aws/lambda/subject"
    assert log_events(aws, "/aws/lambda/subject")[0] == (
        f"START RequestId: {told['request']} Version: $LATEST"
    )
    streams = aws.client("logs").describe_log_streams(logGroupName="/aws/lambda/subject")
    assert [stream["logStreamName"] for stream in streams["logStreams"]] == [told["stream"]]


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

    invocation = aws.invoke(name, "hang")

    assert invocation.function_error == "Unhandled"
    assert "Task timed out after 1.00 seconds" in invocation.payload["errorMessage"]
    assert "waiting\n" in invocation.log_tail
    assert "Task timed out after 1.00 seconds\nEND RequestId" in invocation.log_tail
    assert aws.invoke(name, "again").payload == "done"


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
def test_a_process_that_ends_fails_its_invocation_alone(
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
    name = deploy(aws, code, MemorySize=128, Timeout=60)

    assert aws.invoke(name, 1).payload == 2**20
    invocation = aws.invoke(name, 200)
    assert invocation.payload["errorType"] == "Runtime.OutOfMemory"
    assert "Max Memory Used: 128 MB" in invocation.log_tail


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


def test_a_function_made_anew_starts_cold(aws: LocalAws) -> None:
    name = deploy(aws, COUNTER.format("first"))
    aws.invoke(name)
    aws.client("lambda").delete_function(FunctionName=name)

    assert aws.invoke(deploy(aws, COUNTER.format("first"))).payload == ["first", 1]


def test_two_invocations_at_once_run_in_two_environments(aws: LocalAws) -> None:
    code = """
import os, socket
def handler(event, context):
    if event:
        with socket.create_connection(("127.0.0.1", event)) as meeting:
            meeting.recv(1)
    return os.getpid()
"""
    name = deploy(aws, code, Timeout=20)
    warm = aws.invoke(name).payload
    with socket.create_server(("127.0.0.1", 0)) as meeting, ThreadPoolExecutor() as pool:
        meeting.settimeout(20)
        port = meeting.getsockname()[1]
        answers = [pool.submit(aws.invoke, name, port) for _ in range(2)]
        arrived = [meeting.accept()[0] for _ in answers]
        for connection in arrived:
            connection.close()
        together = {answer.result().payload for answer in answers}

    assert len(together) == 2
    assert warm in together


@pytest.mark.parametrize("how", ["reset", "delete"])
def test_the_process_of_a_function_ends_with_it(aws: LocalAws, how: str) -> None:
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
        connection.settimeout(20)
        if how == "reset":
            aws.reset()
        else:
            aws.client("lambda").delete_function(FunctionName="subject")
        assert connection.recv(1) == b""


def test_the_answer_does_not_wait_for_a_hung_daemon_thread(aws: LocalAws) -> None:
    code = """
import threading
def handler(event, context):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
    return "answered"
"""
    name = deploy(aws, code, Timeout=5)

    assert [aws.invoke(name).payload for _ in range(2)] == ["answered", "answered"]


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

    invocation = aws.invoke(deploy(aws, code, Layers=[layer["LayerVersionArn"]], Timeout=30))

    assert invocation.payload == {"layer": 5, "others": [None] * 3, "at_root": True}
    assert aws.client("s3").head_bucket(Bucket="made-by-function")


def test_the_log_is_in_the_group_and_its_end_in_the_tail(aws: LocalAws) -> None:
    code = """
import logging, sys
print("imported")
def handler(event, context):
    for number in range(200):
        print("line", number, "x" * 30)
    print("to stderr", file=sys.stderr)
    logging.getLogger("mine").warning("two\\nlines")
"""
    invocation = aws.invoke(deploy(aws, code, LoggingConfig={"LogGroup": "/my/group"}))

    events = log_events(aws, "/my/group")
    request_id = events[1].split()[2]
    assert events[:3] == [
        "imported",
        f"START RequestId: {request_id} Version: $LATEST",
        "line 0 " + "x" * 30,
    ]
    *_, in_stderr, warning, end, report = events
    assert in_stderr == "to stderr"
    level, _, request, message = warning.split("\t")
    assert (level, request, message) == ("[WARNING]", request_id, "two\nlines")
    assert end == f"END RequestId: {request_id}"
    assert report.startswith(f"REPORT RequestId: {request_id}\tDuration: ")
    assert "\tMemory Size: 128 MB\tMax Memory Used: " in report
    assert "\tInit Duration: " in report
    assert len(invocation.log_tail.encode()) == 4096
    assert "\n".join(events[-50:]) in invocation.log_tail


def test_json_log_lines_carry_extra_fields_and_respect_the_level(aws: LocalAws) -> None:
    code = """
import logging
log = logging.getLogger("mine")
def handler(event, context):
    log.debug("hidden")
    log.info("seen %s", "it", extra={"event": "one", "counters": {"n": 2}})
    raise ValueError("bad")
"""
    logging_config = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO"}
    invocation = aws.invoke(deploy(aws, code, LoggingConfig=logging_config))

    lines = [json.loads(event) for event in log_events(aws, "/aws/lambda/subject")]
    start, seen, error, report = lines
    assert start["type"] == "platform.start"
    request_id = start["record"]["requestId"]
    assert {name: value for name, value in seen.items() if name != "timestamp"} == {
        "level": "INFO",
        "message": "seen it",
        "logger": "mine",
        "requestId": request_id,
        "event": "one",
        "counters": {"n": 2},
    }
    assert (error["level"], error["errorType"], error["errorMessage"]) == (
        "ERROR",
        "ValueError",
        "bad",
    )
    assert report["type"] == "platform.report"
    assert report["record"]["status"] == "error"
    assert json.dumps(seen["message"]) in invocation.log_tail


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


ECHO = "def handler(event, context):\n    return event"


def scheduled(aws: LocalAws, permitted: bool = True, **target: Any) -> str:
    """Create a rule with two targets, the function and a queue, and return the rule's ARN."""
    name = deploy(aws, ECHO)
    arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:{name}"
    queue = f"arn:aws:sqs:{aws.region}:{aws.account_id}:queue"
    events = aws.client("events")
    rule: str = events.put_rule(Name="five", ScheduleExpression="rate(5 minutes)")["RuleArn"]
    events.put_targets(
        Rule="five", Targets=[{"Id": "1", "Arn": arn, **target}, {"Id": "2", "Arn": queue}]
    )
    if permitted:
        aws.client("lambda").add_permission(
            FunctionName=name,
            StatementId="rule",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
            SourceArn=rule,
        )
    return rule


def test_a_fired_rule_sends_the_scheduled_event(aws: LocalAws) -> None:
    rule = scheduled(aws)

    (invocation,) = aws.fire("five")

    assert invocation.function_name == "subject"
    assert invocation.payload["source"] == "aws.events"
    assert invocation.payload["detail-type"] == "Scheduled Event"
    assert invocation.payload["resources"] == [rule]
    assert invocation.payload["account"] == aws.account_id
    assert invocation.payload["detail"] == {}


def test_a_fired_rule_sends_the_targets_own_input(aws: LocalAws) -> None:
    scheduled(aws, Input='{"only": "this"}')

    assert [invocation.payload for invocation in aws.fire("five")] == [{"only": "this"}]


def test_a_disabled_rule_is_not_fired(aws: LocalAws) -> None:
    scheduled(aws)
    aws.client("events").disable_rule(Name="five")

    with pytest.raises(RuleNotFireable, match="five is DISABLED"):
        aws.fire("five")
    aws.client("events").enable_rule(Name="five")
    assert len(aws.fire("five")) == 1


def test_a_rule_without_permission_for_the_function_is_not_fired(aws: LocalAws) -> None:
    scheduled(aws, permitted=False)

    with pytest.raises(RuleNotFireable, match="lacks a permission"):
        aws.fire("five")
