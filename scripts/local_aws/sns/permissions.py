"""The permissions that operations of SNS require."""

from __future__ import annotations

from moto.backends import get_backend
from werkzeug.wrappers import Request

from local_aws import environ
from local_aws.iam.api_requests import parse
from local_aws.iam.policies import Permission
from local_aws.kms.permissions import to_use_key


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation itself, and the key of the topic."""
    call = parse(request)
    arn = call.parameters.get("TopicArn") or call.parameters.get("TargetArn") or "*"
    # A batch requires the permission for a single message.
    return _permissions(call.operation.removesuffix("Batch"), region, arn)


def to_publish(topic_arn: str) -> list[Permission]:
    """Return what publishing to a topic requires."""
    return _permissions("Publish", topic_arn.split(":")[3], topic_arn)


def _permissions(operation: str, region: str, topic_arn: str) -> list[Permission]:
    permissions = [Permission(f"sns:{operation}", topic_arn)]
    topic = get_backend("sns")[environ.ACCOUNT_ID][region].topics.get(topic_arn)
    if topic and operation == "Publish":
        key = topic.kms_master_key_id
        permissions += to_use_key(region, key, "GenerateDataKey", "Decrypt")
    return permissions
