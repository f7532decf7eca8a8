"""The permissions that using a key of KMS requires."""

from __future__ import annotations

from moto.backends import get_backend

from local_aws import environ
from local_aws.iam.policies import Permission


def to_use_key(region: str, key: str | None, *operations: str) -> list[Permission]:
    """Return what `operations` with a key (ID, alias or ARN) require.

    That is nothing without a key, or for a key that AWS manages: every caller may use it.
    """
    if not key:
        return []
    name = key.rpartition(":")[2].removeprefix("key/")
    keys = get_backend("kms")[environ.ACCOUNT_ID][region].keys.values()
    found = next((each for each in keys if name == each.id or name in each.aliases), None)
    aliases = [name, *(found.aliases if found else ())]
    if any(alias.startswith("alias/aws/") for alias in aliases):
        return []
    return [Permission(f"kms:{operation}", found.arn if found else key) for operation in operations]
