"""Functions to run on the embedded AWS, for tests of it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from local_aws import LocalAws

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


def emptied(aws: LocalAws) -> LocalAws:
    """Forget everything in `aws`, and make the role that functions need."""
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
        **{"Runtime": "python3.13", "Handler": "main.handler", **options},
    )
    return name


def log_events(aws: LocalAws, group: str) -> list[str]:
    found = aws.client("logs").filter_log_events(logGroupName=group)["events"]
    return [event["message"] for event in found]
