"""The permissions that operations of EC2 require."""

from __future__ import annotations

from werkzeug.wrappers import Request

from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation, for each instance that it changes."""
    call = parse(request)
    action = f"ec2:{call.operation}"
    if call.operation.startswith("Describe"):
        return [Permission(action, "*")]  # EC2 describes all instances to those who may
    named = [
        str(value) for name, value in call.parameters.items() if name.startswith("InstanceId.")
    ]
    resources = [arn("ec2", region, f"instance/{each}") for each in named]
    return [Permission(action, each) for each in resources or ["*"]]
