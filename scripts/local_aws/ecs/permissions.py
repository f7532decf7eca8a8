"""The permissions that operations of ECS require."""

from __future__ import annotations

from werkzeug.wrappers import Request

from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation, for each service that it names."""
    call = parse(request)
    cluster = str(call.parameters.get("cluster", "default")).rpartition("/")[2]
    named = call.parameters.get("services") or [call.parameters.get("service")]
    names = [str(each).rpartition("/")[2] for each in named if each]
    context = {"ecs:cluster": arn("ecs", region, f"cluster/{cluster}")}
    resources = [arn("ecs", region, f"service/{cluster}/{name}") for name in names]
    return [Permission(f"ecs:{call.operation}", each, context) for each in resources or ["*"]]
