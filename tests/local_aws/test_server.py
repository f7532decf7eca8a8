"""The embedded AWS as a server and as a command."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from moto.awslambda import models

from local_aws import AlreadyRunning, LocalAws, PortInUse

from ..processes import PATIENCE_SEC, interrupt, started
from .calls import Call, invoke, observed_poll
from .functions import emptied, waiting_function

PYTHONPATH = os.pathsep.join(sys.path)


def test_a_port_in_use_is_named_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"^Port {port} on 127\.0\.0\.1 .*\.$"):
            LocalAws(port=port).__enter__()


def test_a_second_server_in_the_process_is_refused_and_the_first_goes_on() -> None:
    with LocalAws() as aws:
        with pytest.raises(AlreadyRunning):
            LocalAws().__enter__()
        aws.client("s3").create_bucket(Bucket="still-here")


def test_the_next_server_starts_empty_and_may_use_the_same_port() -> None:
    with LocalAws() as first:
        port = int(first.endpoint.rsplit(":", 1)[1])
        first.client("s3").create_bucket(Bucket="gone")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SEC)

    with LocalAws(port=port) as second:
        assert second.endpoint == first.endpoint
        assert second.client("s3").list_buckets()["Buckets"] == []


def test_a_reset_deletes_all_resources() -> None:
    with LocalAws() as aws:
        aws.client("sqs").create_queue(QueueName="queue")
        aws.reset()
        assert "QueueUrls" not in aws.client("sqs").list_queues()


def test_the_patches_of_moto_are_undone() -> None:
    before = models.LambdaFunction, models.LambdaBackend.delete_function
    with LocalAws():
        pass
    assert (models.LambdaFunction, models.LambdaBackend.delete_function) == before


def test_it_listens_on_loopback_only() -> None:
    with LocalAws() as aws, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: it only picks an own address
        own_address = probe.getsockname()[0]
        if own_address.startswith("127."):
            pytest.skip("this machine has no other address")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(
                (own_address, int(aws.endpoint.rsplit(":", 1)[1])), timeout=PATIENCE_SEC
            )


def test_the_users_own_account_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text("whatever reads this file fails")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    ask = "import boto3; s = boto3.client('sts'); print(s.get_caller_identity()['Account'])"

    with LocalAws() as aws:
        environ = {**os.environ, **aws.environ}
        with started([sys.executable, "-c", ask], env=environ, stdout=subprocess.PIPE) as asked:
            assert asked.communicate(timeout=PATIENCE_SEC)[0].strip() == aws.account_id
        assert aws.client("sts").get_caller_identity()["Account"] == aws.account_id
        assert aws.client("s3").meta.region_name == aws.region


def test_an_unsupported_operation_fails_at_once_and_is_not_retried() -> None:
    with LocalAws() as aws:
        with pytest.raises(Exception, match="get_log_record action has not been implemented") as it:
            aws.client("logs").get_log_record(logRecordPointer="x")
        metadata: Any = it.value.response["ResponseMetadata"]  # type: ignore[attr-defined]
        assert metadata["HTTPStatusCode"] == 501
        assert metadata["RetryAttempts"] == 0


def test_closing_ends_all_functions_requests_and_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    before = set(threading.enumerate())
    with LocalAws() as aws:
        emptied(aws)
        sqs = aws.client("sqs")
        url = sqs.create_queue(QueueName="queue")["QueueUrl"]
        with waiting_function(aws) as listening, observed_poll() as polling:
            poll = Call(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
            calls = [invoke(aws, "Event"), invoke(aws, "RequestResponse"), poll]
            connections = [listening.accept()[0] for _ in calls[:2]]
            assert polling.wait(PATIENCE_SEC)
    # Servers of earlier tests may still end their threads.
    begun = set(threading.enumerate()) - before
    assert not [thread for thread in begun if "process_request" in thread.name]
    for connection in connections:
        with connection:
            connection.settimeout(PATIENCE_SEC)
            assert connection.recv(1) == b""
    assert all(call.error() for call in calls)
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE_SEC)
        assert not thread.is_alive()


HANGS = """
import io, json, sys, zipfile
from local_aws import LocalAws

code = '''
import socket
def handler(event, context):
    connection = socket.create_connection(("127.0.0.1", event))
    connection.recv(1)
'''
content = io.BytesIO()
with zipfile.ZipFile(content, "w") as archive:
    archive.writestr("main.py", code)
with LocalAws() as aws:
    role = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]
    aws.client("lambda").create_function(
        FunctionName="hangs", Role=role["Arn"], Code={"ZipFile": content.getvalue()},
        Runtime="python3.13", Handler="main.handler", Timeout=600,
    )
    aws.invoke("hangs", int(sys.argv[1]))
"""


def test_a_running_function_ends_when_the_parent_is_killed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE_SEC)
        port = listening.getsockname()[1]
        # What a killed process leaves behind goes with the other files of this test.
        environ = {**os.environ, "PYTHONPATH": PYTHONPATH, "TMPDIR": str(tmp_path)}
        with started([sys.executable, "-c", HANGS, str(port)], env=environ) as parent:
            connection, _ = listening.accept()
            parent.kill()
            parent.wait()
            with connection:
                connection.settimeout(PATIENCE_SEC)
                with contextlib.suppress(ConnectionResetError):  # how Windows sees the same
                    assert connection.recv(1) == b""


def test_the_command_serves_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "local_aws", "--port", "0"]
    environ = {**os.environ, "PYTHONPATH": PYTHONPATH}
    with started(command, env=environ, stdout=subprocess.PIPE) as served:
        assert served.stdout is not None
        exported = {}
        for line in served.stdout:
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                exported[name] = value.strip("'")
            if {"NO_PROXY", "no_proxy"} <= exported.keys():
                break
        sts = boto3.client(
            "sts",
            endpoint_url=exported["AWS_ENDPOINT_URL"],
            region_name=exported["AWS_REGION"],
            aws_access_key_id=exported["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=exported["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}),
        )
        assert sts.get_caller_identity()["Account"] == LocalAws.account_id
        interrupt(served)
        assert served.wait(PATIENCE_SEC) == 0
        with pytest.raises(EndpointConnectionError):
            sts.get_caller_identity()


def test_the_command_says_in_one_line_that_a_port_is_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        command = [sys.executable, "-m", "local_aws", "--port", str(port)]
        environ = {**os.environ, "PYTHONPATH": PYTHONPATH}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with started(command, env=environ, **pipes) as refused:
            printed, error = refused.communicate(timeout=PATIENCE_SEC)
    assert refused.returncode == 1
    assert printed == ""
    assert error.count("\n") == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in error


def test_the_environment_is_strings_and_sets_the_region_twice() -> None:
    with LocalAws() as aws:
        assert json.loads(json.dumps(aws.environ)) == aws.environ
        assert aws.environ["AWS_REGION"] == aws.environ["AWS_DEFAULT_REGION"] == aws.region
        assert aws.environ["AWS_ENDPOINT_URL"] == aws.endpoint
