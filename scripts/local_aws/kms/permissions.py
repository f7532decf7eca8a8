"""KMS: which permissions the use of a key takes."""

from __future__ import annotations

from moto.backends import get_backend

from local_aws import environ
from local_aws.iam.policies import Need


def key_needs(region: str, key: str | None, *operations: str) -> list[Need]:
    """Return what `operations` with the key (id, alias or ARN) take.

    Nothing where there is no key, or one that AWS manages and lets every caller use.
    """
    if not key:
        return []
    name = key.rpartition(":")[2].removeprefix("key/")
    keys = get_backend("kms")[environ.ACCOUNT_ID][region].keys.values()
    found = next((each for each in keys if name == each.id or name in each.aliases), None)
    aliases = [name, *(found.aliases if found else ())]
    if any(alias.startswith("alias/aws/") for alias in aliases):
        return []
    return [Need(f"kms:{operation}", found.arn if found else key) for operation in operations]
