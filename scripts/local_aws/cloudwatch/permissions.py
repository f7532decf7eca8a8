"""The permissions that operations of CloudWatch require."""

from __future__ import annotations

from werkzeug.wrappers import Request

from local_aws.iam.api_requests import parse
from local_aws.iam.policies import Permission


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation itself. Metrics are no resources."""
    return [Permission(f"cloudwatch:{parse(request).operation}", "*")]
