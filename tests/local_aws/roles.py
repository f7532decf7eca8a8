"""A function of the embedded AWS that calls AWS, and the policy of its role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local_aws import LocalAws

from .functions import ROLE, deploy, emptied

CALLER = """
import boto3, os
from botocore.exceptions import ClientError
def handler(event, context):
    if not event:
        return os.environ["AWS_ACCESS_KEY_ID"]
    service, operation, arguments = event
    try:
        getattr(boto3.client(service), operation)(**arguments)
        return [200]
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        details = error.response["Error"]
        return [status, details["Code"], details["Message"]]
"""
HERE = "us-east-1:123456789012"
URL = "https://queue/123456789012/{}"
ITEM = {"event_id": {"S": "one"}}


@contextmanager
def with_caller() -> Iterator[LocalAws]:
    """Start an embedded AWS with the function, and with resources that it can use."""
    with LocalAws() as aws:
        emptied(aws)
        aws.client("s3").create_bucket(Bucket="files")
        for key in ("here", "there", "a b+c"):
            aws.client("s3").put_object(Bucket="files", Key=key)
        for name in ("one", "two"):
            aws.client("logs").create_log_group(logGroupName=name)
            aws.client("secretsmanager").create_secret(Name=name, SecretString="text")
            aws.client("sns").create_topic(Name=name)
            aws.client("sqs").create_queue(QueueName=name)
            new_table(aws, name)
        deploy(aws, CALLER, MemorySize=256)
        yield aws


def new_table(aws: LocalAws, name: str, **options: Any) -> None:
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "event_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "event_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **options,
    )


def allow(aws: LocalAws, *statements: dict[str, Any], role: str = ROLE) -> None:
    """Replace the policy of a role."""
    nothing = {"Effect": "Deny", "Action": "none:Such", "Resource": "*"}  # IAM takes no empty one
    document = {"Version": "2012-10-17", "Statement": [*statements, nothing]}
    aws.client("iam").put_role_policy(
        RoleName=role, PolicyName="all", PolicyDocument=json.dumps(document)
    )


def allowing(resource: str, *actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def call(aws: LocalAws, service: str, operation: str, /, **arguments: Any) -> list[Any]:
    """Have the function call AWS. Return the status, and the code and message of an error."""
    response: list[Any] = aws.invoke("subject", [service, operation, arguments]).payload
    return response


def assert_requires(
    aws: LocalAws,
    service: str,
    operation: str,
    arguments: dict[str, Any],
    action: str,
    resource: str,
    other: str,
    refused: list[object],
) -> None:
    """Assert that a call is denied without a permission for `action` on `resource`.

    It is denied without a policy, and with one for another resource or another action.
    """
    family = f"{action.partition(':')[0]}:Untag*"
    for statements in ([], [allowing(other, action)], [allowing(resource, family)]):
        allow(aws, *statements)
        response = call(aws, service, operation, **arguments)
        assert response[:2] == refused
        if "head" not in operation:  # whose answers have no body
            user = f"arn:aws:sts::123456789012:assumed-role/{ROLE}/subject"
            assert response[2].startswith(
                f"User: {user} is not authorized to perform: {action} on "
            )
    allow(aws, allowing(resource, action))
    assert call(aws, service, operation, **arguments) == [200]
