"""The permissions that operations of Application Auto Scaling require."""

from __future__ import annotations

from moto.backends import get_backend
from werkzeug.wrappers import Request

from local_aws import environ
from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission

_OF_A_TARGET = ("RegisterScalableTarget", "DeregisterScalableTarget")


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation, for the scalable target that it changes."""
    call = parse(request)
    action = f"application-autoscaling:{call.operation}"
    if call.operation not in _OF_A_TARGET:
        return [Permission(action, "*")]
    namespace, dimension = call.parameters["ServiceNamespace"], call.parameters["ScalableDimension"]
    context = {
        "application-autoscaling:service-namespace": namespace,
        "application-autoscaling:scalable-dimension": dimension,
    }
    backend = get_backend("applicationautoscaling")[environ.ACCOUNT_ID][region]
    known = backend.targets.get(dimension, {}).get(call.parameters["ResourceId"])
    # AWS makes up the ID of a new target.
    new = arn("application-autoscaling", region, "scalable-target/new")
    return [Permission(action, known.arn if known else new, context)]
