"""Commands of the AWS CLI as the examples give them, carried out without it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from cli.demo import aws_cli

UUID = "0b8d5aa3-3c36-4a6c-9a46-0d4c8d2b7a10"


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


def sent(command: str, service: str, operation: str, parameters: dict[str, Any]) -> None:
    """Check that `command` calls `operation` of boto3's `service` with `parameters` and no more."""
    client: Any = boto3.session.Session().client(service, region_name="us-east-1")
    with Stubber(client) as stubber:
        stubber.add_response(operation, {}, parameters)
        aws_cli.run(command, {service: client}.__getitem__)
        stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("command", "service", "operation", "parameters"),
    [
        (
            f"aws lambda update-event-source-mapping --uuid {UUID} --no-enabled",
            "lambda",
            "update_event_source_mapping",
            {"UUID": UUID, "Enabled": False},
        ),
        (
            f"aws lambda update-event-source-mapping --enabled --uuid {UUID}",
            "lambda",
            "update_event_source_mapping",
            {"UUID": UUID, "Enabled": True},
        ),
        (
            "aws lambda update-function-configuration --function-name f "
            """--environment '{"Variables":{"A":"1,2"}}' --timeout 7""",
            "lambda",
            "update_function_configuration",
            {"FunctionName": "f", "Environment": {"Variables": {"A": "1,2"}}, "Timeout": 7},
        ),
        (
            "aws s3api delete-object --bucket b --key a/b.json",
            "s3",
            "delete_object",
            {"Bucket": "b", "Key": "a/b.json"},
        ),
        (
            "aws ec2 modify-vpc-endpoint --vpc-endpoint-id v --remove-route-table-ids r s",
            "ec2",
            "modify_vpc_endpoint",
            {"VpcEndpointId": "v", "RemoveRouteTableIds": ["r", "s"]},
        ),
    ],
)
def test_a_command_becomes_the_call_that_the_cli_would_make(
    command: str, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    sent(command, service, operation, parameters)


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("rm -r /tmp/x", "not a command of the AWS CLI"),
        ("aws lambda break-it --uuid u", "lambda has no operation break-it"),
        ("aws lambda invoke --uuid u", "invoke has no parameter uuid"),
    ],
)
def test_what_is_no_command_is_refused(command: str, complaint: str) -> None:
    client = boto3.client("lambda", region_name="us-east-1")
    with pytest.raises(ValueError, match=complaint):
        aws_cli.run(command, lambda _: client)
