"""Patches of S3: conditions and principals of bucket policies, and delete markers."""

from flask import request
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker

from local_aws.iam.authorization import Authorization
from local_aws.iam.policies import Decision, Permission, evaluate
from local_aws.patching import Patch

# The embedded AWS serves plain HTTP on loopback where AWS serves HTTPS.
_CONTEXT = {"aws:securetransport": "true"}
_RESULTS = {
    Decision.ALLOW: PermissionResult.PERMITTED,
    Decision.EXPLICIT_DENY: PermissionResult.DENIED,
    Decision.IMPLICIT_DENY: PermissionResult.NEUTRAL,
}


def install(patch: Patch, authorization: Authorization) -> None:
    """moto applies statements whatever their conditions, so that "deny plain HTTP" denies all.

    It also closes the file of every object version that is deleted, and delete markers have none.
    """

    def get_permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
        decision = evaluate(
            Permission(action, resource, _CONTEXT),
            resource_policies=[bucket.policy] if bucket.policy else [],
            principal=authorization.principal(request.headers.get("Authorization", "")),
        )
        return _RESULTS[decision]

    patch(FakeBucket, "get_permission", get_permission)
    patch(FakeDeleteMarker, "dispose", lambda marker: None)
