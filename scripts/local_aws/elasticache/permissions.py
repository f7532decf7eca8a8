"""The permissions that operations of ElastiCache require."""

from __future__ import annotations

from werkzeug.wrappers import Request

from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission

# What a request names, and how the resource is called in its ARN.
_RESOURCES = {"ReplicationGroupId": "replicationgroup", "CacheClusterId": "cluster"}


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation, for the cluster or group that it names."""
    call = parse(request)
    named = next((each for each in _RESOURCES if each in call.parameters), None)
    # A request that lists all of a kind requires the permission for all.
    kind = "replicationgroup" if "ReplicationGroup" in call.operation else "cluster"
    resource = f"{_RESOURCES[named]}:{call.parameters[named].lower()}" if named else f"{kind}:*"
    return [Permission(f"elasticache:{call.operation}", arn("elasticache", region, resource))]
