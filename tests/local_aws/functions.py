"""Functions to run on the embedded AWS."""

from __future__ import annotations

import io
import json
import socket
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from local_aws import Invocation, LocalAws

from ..processes import PATIENCE_SEC

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
WAITING = """
import os, socket
def handler(event, context):
    if event:
        with socket.create_connection(("127.0.0.1", int(os.environ["PORT"]))) as test:
            test.recv(1)
    return os.getpid()
"""


def emptied(aws: LocalAws) -> LocalAws:
    """Delete everything in `aws`, and create the execution role of functions."""
    aws.reset()
    aws.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=TRUST)
    return aws


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
        **{
            "Runtime": "python3.13",
            "Handler": "main.handler",
            "Timeout": PATIENCE_SEC,
            **options,
        },
    )
    return name


def permit(aws: LocalAws, function: str, service: str, source_arn: str) -> None:
    """Allow a service, such as `sns`, to invoke a function for a resource."""
    aws.client("lambda").add_permission(
        FunctionName=function,
        StatementId=service,
        Action="lambda:InvokeFunction",
        Principal=f"{service}.amazonaws.com",
        SourceArn=source_arn,
    )


@contextmanager
def waiting_function(aws: LocalAws, **options: Any) -> Iterator[socket.socket]:
    """Create a function that connects to a socket, and waits until the test closes it.

    It does not wait for an event that is empty, and returns the id of its process.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(PATIENCE_SEC)
        environment = {"Variables": {"PORT": str(listening.getsockname()[1])}}
        deploy(aws, WAITING, Environment=environment, **options)
        yield listening


def invoke_until(
    aws: LocalAws, name: str, event: str, condition: Callable[[Invocation], bool]
) -> Invocation:
    """Repeat what may take longer than the timeout of a function on a busy machine."""
    deadline = time.monotonic() + PATIENCE_SEC
    while not condition(invocation := aws.invoke(name, event)):
        assert time.monotonic() < deadline, invocation
    return invocation


def log_events(aws: LocalAws, group: str) -> list[str]:
    found = aws.client("logs").filter_log_events(logGroupName=group)["events"]
    return [event["message"] for event in found]
