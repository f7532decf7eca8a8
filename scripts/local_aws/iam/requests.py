"""Which permissions a request takes: the action itself, and what the service does on its behalf."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.backends import get_backend
from werkzeug.wrappers import Request

from local_aws import environ
from local_aws.iam.policies import Need
from local_aws.kms.permissions import key_needs
from local_aws.s3 import permissions as objects

_ITEMS = ("DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")


@dataclass(frozen=True, slots=True)
class _Call:
    region: str
    operation: str
    parameters: Mapping[str, Any]

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{environ.ACCOUNT_ID}:{resource}"


def needs(request: Request, service: str, region: str) -> list[Need]:
    """Return the permissions that `request` takes, in the order in which AWS misses them.

    Raises NotImplementedError for a request of which that is not known here.
    """
    if service == "s3":
        return objects.needs(request)
    call = _call(request, service, region)
    if f"{service}:{call.operation}" == "sts:GetCallerIdentity":
        return []
    if service in _SERVICES:
        return _SERVICES[service](call)
    # Only a statement for every resource covers what is not known here in more detail.
    return [Need(f"{service}:{call.operation}", "*")]


def needs_of_sending(target: str) -> list[Need]:
    """Return the permissions that it takes to send an event to a queue, topic or function.

    Raises NotImplementedError for anything else.
    """
    _, _, service, region, _, resource = target.split(":", 5)
    if service == "sqs":
        return _sqs(_Call(region, "SendMessage", {"QueueName": resource}))
    if service == "sns":
        return _sns(_Call(region, "Publish", {"TopicArn": target}))
    if service == "lambda":
        return [Need("lambda:InvokeFunction", target)]
    raise NotImplementedError(f"events cannot go to {target}: only to SQS, SNS, Lambda.")


def _call(request: Request, service: str, region: str) -> _Call:
    if target := request.headers.get("X-Amz-Target"):
        return _Call(region, target.rpartition(".")[2], json.loads(request.get_data()))
    if "Action" in request.form:
        return _Call(region, request.form["Action"], request.form)
    what = f"{request.method} {request.path} of {service}"
    raise NotImplementedError(f"which permission {what} takes")


def _dynamodb(call: _Call) -> list[Need]:
    name = str(call.parameters.get("TableName", "")).rpartition("/")[2]
    resource = call.arn("dynamodb", f"table/{name}") if name else "*"
    found = [Need(f"dynamodb:{call.operation}", resource)]
    table = get_backend("dynamodb")[environ.ACCOUNT_ID][call.region].tables.get(name)
    if table and table.sse_specification and call.operation in _ITEMS:
        key = table.sse_specification.get("KMSMasterKeyId")
        found += key_needs(call.region, key, "Decrypt")
    return found


def _sqs(call: _Call) -> list[Need]:
    named = call.parameters.get("QueueUrl") or call.parameters.get("QueueName") or ""
    name = str(named).rpartition("/")[2]
    action = call.operation.removesuffix("Batch")
    found = [Need(f"sqs:{action}", call.arn("sqs", name) if name else "*")]
    queue = get_backend("sqs")[environ.ACCOUNT_ID][call.region].queues.get(name)
    if queue:
        used = {"SendMessage": ("GenerateDataKey", "Decrypt"), "ReceiveMessage": ("Decrypt",)}
        key = queue.kms_master_key_id  # type: ignore[attr-defined]  # set by its name alone
        found += key_needs(call.region, key, *used.get(action, ()))
    return found


def _sns(call: _Call) -> list[Need]:
    arn = call.parameters.get("TopicArn") or call.parameters.get("TargetArn") or "*"
    action = call.operation.removesuffix("Batch")
    found = [Need(f"sns:{action}", arn)]
    topic = get_backend("sns")[environ.ACCOUNT_ID][call.region].topics.get(arn)
    if topic and action == "Publish":
        found += key_needs(call.region, topic.kms_master_key_id, "GenerateDataKey", "Decrypt")
    return found


_SERVICES = {"dynamodb": _dynamodb, "sns": _sns, "sqs": _sqs}
