"""The permissions that operations of SQS require."""

from __future__ import annotations

from moto.backends import get_backend
from werkzeug.wrappers import Request

from local_aws import environ
from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission
from local_aws.kms.permissions import to_use_key

_KEY_OPERATIONS = {"SendMessage": ("GenerateDataKey", "Decrypt"), "ReceiveMessage": ("Decrypt",)}


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation itself, and the key of the queue."""
    call = parse(request)
    queue = call.parameters.get("QueueUrl") or call.parameters.get("QueueName") or ""
    # A batch requires the permission for a single message.
    return _permissions(call.operation.removesuffix("Batch"), region, queue.rpartition("/")[2])


def to_send(queue_arn: str) -> list[Permission]:
    """Return what sending to a queue requires."""
    _, _, _, region, _, name = queue_arn.split(":")
    return _permissions("SendMessage", region, name)


def _permissions(operation: str, region: str, name: str) -> list[Permission]:
    permissions = [Permission(f"sqs:{operation}", arn("sqs", region, name) if name else "*")]
    queue = get_backend("sqs")[environ.ACCOUNT_ID][region].queues.get(name)
    if queue:
        key = queue.kms_master_key_id  # type: ignore[attr-defined]  # moto sets it by name
        permissions += to_use_key(region, key, *_KEY_OPERATIONS.get(operation, ()))
    return permissions
