"""The permissions that operations of CloudWatch Logs require."""

from __future__ import annotations

from werkzeug.wrappers import Request

from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation itself, for the log group."""
    call = parse(request)
    name = call.parameters.get("logGroupName")
    resource = arn("logs", region, f"log-group:{name}:*") if name else "*"
    return [Permission(f"logs:{call.operation}", resource)]
