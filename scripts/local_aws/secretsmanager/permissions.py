"""The permissions that operations of Secrets Manager require."""

from __future__ import annotations

from moto.backends import get_backend
from moto.secretsmanager.models import FakeSecret
from werkzeug.wrappers import Request

from local_aws import environ
from local_aws.iam.api_requests import parse
from local_aws.iam.policies import Permission
from local_aws.kms.permissions import to_use_key

_KEY_OPERATIONS = {
    "GetSecretValue": ("Decrypt",),
    "PutSecretValue": ("GenerateDataKey", "Decrypt"),
}


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation itself, and the key of the secret."""
    call = parse(request)
    # A secret is named by its name or its ARN.
    secret_id = str(call.parameters.get("SecretId", ""))
    secret = get_backend("secretsmanager")[environ.ACCOUNT_ID][region].secrets.get(secret_id)
    arn = secret.arn if secret else secret_id or "*"
    permissions = [Permission(f"secretsmanager:{call.operation}", arn)]
    if isinstance(secret, FakeSecret):
        operations = _KEY_OPERATIONS.get(call.operation, ())
        permissions += to_use_key(region, secret.kms_key_id, *operations)
    return permissions
