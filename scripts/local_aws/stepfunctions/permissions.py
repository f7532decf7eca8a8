"""The permissions that operations of Step Functions require."""

from __future__ import annotations

from werkzeug.wrappers import Request

from local_aws.iam.api_requests import parse
from local_aws.iam.policies import Permission


def required(request: Request, _region: str) -> list[Permission]:
    """Return what a request requires."""
    call = parse(request)
    arn = call.parameters.get("stateMachineArn") or call.parameters.get("executionArn") or "*"
    return [Permission(f"states:{call.operation}", arn)]


def to_start(state_machine_arn: str) -> list[Permission]:
    """Return what starting an execution requires."""
    return [Permission("states:StartExecution", state_machine_arn)]
