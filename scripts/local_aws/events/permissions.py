"""The permissions that operations of EventBridge require."""

from __future__ import annotations

from werkzeug.wrappers import Request

from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation, for each bus that events are put on.

    Requests for rules require a statement for every resource.
    """
    call = parse(request)
    if call.operation != "PutEvents":
        return [Permission(f"events:{call.operation}", "*")]
    # A bus is named by its name or its ARN.
    buses = [str(each.get("EventBusName", "default")) for each in call.parameters["Entries"]]
    names = dict.fromkeys(each.rpartition("/")[2] for each in buses)
    return [Permission("events:PutEvents", arn("events", region, f"event-bus/{e}")) for e in names]
