"""The permissions that operations of DynamoDB require."""

from __future__ import annotations

from moto.backends import get_backend
from werkzeug.wrappers import Request

from local_aws import environ
from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission
from local_aws.kms.permissions import to_use_key

_ITEM_OPERATIONS = ("DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation itself, and the key of the table."""
    call = parse(request)
    # A table is named by its name or its ARN.
    name = str(call.parameters.get("TableName", "")).rpartition("/")[2]
    resource = arn("dynamodb", region, f"table/{name}") if name else "*"
    permissions = [Permission(f"dynamodb:{call.operation}", resource)]
    table = get_backend("dynamodb")[environ.ACCOUNT_ID][region].tables.get(name)
    if table and table.sse_specification and call.operation in _ITEM_OPERATIONS:
        key = table.sse_specification.get("KMSMasterKeyId")
        permissions += to_use_key(region, key, "Decrypt")
    return permissions
