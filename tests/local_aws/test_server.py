"""The embedded AWS starts, leads clients to itself alone, and leaves nothing behind."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError
from moto.awslambda import models

from local_aws import AlreadyRunning, LocalAws, PortInUse

PYTHONPATH = os.pathsep.join(sys.path)


def test_a_used_port_is_named_in_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"^Port {port} on 127\.0\.0\.1 .*\.$"):
            LocalAws(port=port).__enter__()


def test_a_second_server_in_the_process_is_refused_and_leaves_the_first_alone() -> None:
    with LocalAws() as aws:
        with pytest.raises(AlreadyRunning):
            LocalAws().__enter__()
        aws.client("s3").create_bucket(Bucket="still-here")


def test_a_server_after_another_has_ended_starts_empty_on_the_same_port() -> None:
    with LocalAws() as first:
        port = int(first.endpoint.rsplit(":", 1)[1])
        first.client("s3").create_bucket(Bucket="gone")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)

    with LocalAws(port=port) as second:
        assert second.endpoint == first.endpoint
        assert second.client("s3").list_buckets()["Buckets"] == []


def test_reset_forgets_every_resource() -> None:
    with LocalAws() as aws:
        aws.client("sqs").create_queue(QueueName="queue")
        aws.reset()
        assert "QueueUrls" not in aws.client("sqs").list_queues()


def test_moto_itself_is_left_as_it_was() -> None:
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
            socket.create_connection((own_address, int(aws.endpoint.rsplit(":", 1)[1])), timeout=5)


def test_the_users_own_account_is_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text("whatever reads this file fails")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    ask = "import boto3; s = boto3.client('sts'); print(s.get_caller_identity()['Account'])"

    with LocalAws() as aws:
        asked = subprocess.run(
            [sys.executable, "-c", ask],
            env={**os.environ, **aws.environ},
            capture_output=True,
            text=True,
            check=True,
        )
        assert asked.stdout.strip() == aws.account_id
        assert aws.client("sts").get_caller_identity()["Account"] == aws.account_id
        assert aws.client("s3").meta.region_name == aws.region


def test_what_moto_cannot_do_is_said_at_once_and_not_retried() -> None:
    with LocalAws() as aws:
        with pytest.raises(Exception, match="get_log_record action has not been implemented") as it:
            aws.client("logs").get_log_record(logRecordPointer="x")
        metadata: Any = it.value.response["ResponseMetadata"]  # type: ignore[attr-defined]
        assert metadata["HTTPStatusCode"] == 501
        assert metadata["RetryAttempts"] == 0


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


def test_a_running_function_ends_with_a_killed_parent(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        port = listening.getsockname()[1]
        parent = subprocess.Popen(
            [sys.executable, "-c", HANGS, str(port)],
            # what a killed process leaves behind goes with the other files of this test
            env={**os.environ, "PYTHONPATH": PYTHONPATH, "TMPDIR": str(tmp_path)},
        )
        try:
            connection, _ = listening.accept()
        finally:
            parent.kill()
            parent.wait()
        with connection:
            connection.settimeout(30)
            with contextlib.suppress(ConnectionResetError):  # how Windows sees the same
                assert connection.recv(1) == b""


def test_the_command_serves_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "local_aws", "--port", "0"]
    served = subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": PYTHONPATH}, stdout=subprocess.PIPE, text=True
    )
    assert served.stdout is not None
    try:
        exported = {}
        for line in served.stdout:
            if line.startswith("export "):
                name, _, value = line.removeprefix("export ").strip().partition("=")
                exported[name] = value.strip("'")
            if "NO_PROXY" in line.upper() and "no_proxy" in exported:
                break
        endpoint = exported["AWS_ENDPOINT_URL"]
        sts = boto3.client(
            "sts",
            endpoint_url=endpoint,
            region_name=exported["AWS_REGION"],
            aws_access_key_id=exported["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=exported["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}),
        )
        assert sts.get_caller_identity()["Account"] == LocalAws.account_id
    finally:
        served.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGINT)
        served.wait(30)
        served.stdout.close()
    if os.name != "nt":
        assert served.returncode == 0
    with pytest.raises(EndpointConnectionError):
        sts.get_caller_identity()


def test_the_command_says_in_one_line_that_a_port_is_used() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "local_aws", "--port", str(port)],
            env={**os.environ, "PYTHONPATH": PYTHONPATH},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in ended.stderr


def test_the_environment_is_json_of_strings_and_names_the_region_twice() -> None:
    with LocalAws() as aws:
        assert json.loads(json.dumps(aws.environ)) == aws.environ
        assert aws.environ["AWS_REGION"] == aws.environ["AWS_DEFAULT_REGION"] == aws.region
        assert aws.environ["AWS_ENDPOINT_URL"] == aws.endpoint
