"""S3: a bucket policy's conditions count."""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

from local_aws.completions.replace import Replace

# The embedded AWS speaks plain HTTP on loopback in the place of HTTPS.
_KNOWN = {"aws:securetransport": "true"}


def install(replace: Replace) -> None:
    """moto applies a statement whatever its conditions, so that "deny plain HTTP" denies all."""
    replace(FakeBucket, "get_permission", _permission)


def _permission(bucket: FakeBucket, action: str, resource: str) -> Any:
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(bucket.policy)
    statements = policy["Statement"]
    if isinstance(statements, dict):
        statements = [statements]
    applying = [
        {name: value for name, value in statement.items() if name != "Condition"}
        for statement in statements
        if _holds(statement.get("Condition", {}))
    ]
    document = json.dumps({**policy, "Statement": applying})
    return IAMPolicy(document).is_action_permitted(action, resource)


def _holds(condition: dict[str, dict[str, Any]]) -> bool:
    """Whether all of `condition` holds; what is not known here does not."""
    for operator, expected in condition.items():
        for key, values in expected.items():
            allowed = values if isinstance(values, list) else [values]
            known = _KNOWN.get(key.lower())
            if operator != "Bool" or known not in [str(value).lower() for value in allowed]:
                return False
    return True
