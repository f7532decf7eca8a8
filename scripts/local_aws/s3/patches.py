"""S3: a bucket policy's conditions count, and what was deleted once can be deleted for good."""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker

from local_aws.iam.policies import holds
from local_aws.patching import Patch

# The embedded AWS speaks plain HTTP on loopback in the place of HTTPS.
_KNOWN = {"aws:securetransport": "true"}


def install(patch: Patch) -> None:
    """moto applies a statement whatever its conditions, so that "deny plain HTTP" denies all.

    And it closes the files of each version that it forgets, but a delete marker has none.
    """
    patch(FakeBucket, "get_permission", _permission)
    patch(FakeDeleteMarker, "dispose", lambda marker: None)


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
        if holds(statement.get("Condition", {}), _KNOWN)
    ]
    document = json.dumps({**policy, "Statement": applying})
    return IAMPolicy(document).is_action_permitted(action, resource)
