"""What a request asks an AWS service to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request

from local_aws import environ
from local_aws.iam.policies import Permission

RequiredPermissions = Callable[[Request, str], list[Permission]]
"""Takes a request and its region, and returns the permissions that the request requires.

They are in the order in which AWS reports that they are missing. Raises NotImplementedError for
a request whose permissions are not known here.
"""


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """An operation of a service, with its parameters."""

    operation: str
    parameters: Mapping[str, Any]


def parse(request: Request) -> ApiRequest:
    """Return what `request` asks for. Raises NotImplementedError for a protocol with paths."""
    if target := request.headers.get("X-Amz-Target"):
        return ApiRequest(target.rpartition(".")[2], json.loads(request.get_data()))
    if "Action" in request.form:
        return ApiRequest(request.form["Action"], request.form)
    raise NotImplementedError(
        f"which permission {request.method} {request.path} requires is not known here."
    )


def arn(service: str, region: str, resource: str) -> str:
    """Return the ARN of a resource in the account of the embedded AWS."""
    return f"arn:aws:{service}:{region}:{environ.ACCOUNT_ID}:{resource}"
