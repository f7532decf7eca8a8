"""The permissions that operations of SSM require."""

from __future__ import annotations

from werkzeug.wrappers import Request

from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation, for each parameter that it names."""
    call = parse(request)
    named = call.parameters.get("Names") or [call.parameters.get("Name")]
    # The ARN of a parameter has one slash before its name, whether the name begins with one or not.
    names = [str(each).rpartition(":parameter/")[2].lstrip("/") for each in named if each]
    resources = [arn("ssm", region, f"parameter/{name}") for name in names]
    return [Permission(f"ssm:{call.operation}", each) for each in resources or ["*"]]
