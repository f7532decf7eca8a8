"""The permissions that operations of DynamoDB require."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.backends import get_backend
from werkzeug.wrappers import Request

from local_aws import environ
from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission
from local_aws.kms.permissions import to_use_key

_ITEM_OPERATIONS = ("DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem")
_IN_TRANSACTIONS = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation itself, and the key of the table."""
    call = parse(request)
    # Each write of a transaction requires what it would require alone.
    permissions = [
        permission
        for write in call.parameters.get("TransactItems", [])
        for kind, details in write.items()
        for permission in _permissions(_IN_TRANSACTIONS[kind], details, region)
    ]
    return permissions or _permissions(call.operation, call.parameters, region)


def _permissions(operation: str, parameters: Mapping[str, Any], region: str) -> list[Permission]:
    # A table is named by its name or its ARN.
    name = str(parameters.get("TableName", "")).rpartition("/")[2]
    resource = arn("dynamodb", region, f"table/{name}") if name else "*"
    permissions = [Permission(f"dynamodb:{operation}", resource)]
    table = get_backend("dynamodb")[environ.ACCOUNT_ID][region].tables.get(name)
    if table and table.sse_specification and operation in _ITEM_OPERATIONS:
        key = table.sse_specification.get("KMSMasterKeyId")
        permissions += to_use_key(region, key, "Decrypt")
    return permissions
