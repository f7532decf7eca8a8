"""The permissions that operations of RDS require."""

from __future__ import annotations

from werkzeug.wrappers import Request

from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation, for the instance that it names."""
    call = parse(request)
    name = str(call.parameters.get("DBInstanceIdentifier", ""))
    # An instance is named by its name or its ARN.
    resource = arn("rds", region, f"db:{name.rpartition(':')[2].lower() or '*'}")
    return [Permission(f"rds:{call.operation}", resource)]
