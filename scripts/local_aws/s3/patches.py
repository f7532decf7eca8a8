"""Patches of S3: bucket policies, delete markers, and notification configurations."""

from typing import Any

from flask import request
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker
from moto.s3.responses import S3Response

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
    It leaves EventBridge out of notification configurations that are read.
    """

    def get_permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
        decision = evaluate(
            Permission(action, resource, _CONTEXT),
            resource_policies=[bucket.policy] if bucket.policy else [],
            principal=authorization.principal(request.headers.get("Authorization", "")),
        )
        return _RESULTS[decision]

    moto_get = S3Response.get_bucket_notification

    def get_bucket_notification(response: S3Response) -> Any:
        status, headers, body = moto_get(response)
        configuration = response.backend.get_bucket_notification_configuration(response.bucket_name)
        if configuration and configuration.event_bridge is not None:
            text = body.decode() if isinstance(body, bytes) else body
            # An element without content has no end tag.
            start = text.removesuffix("/>").removesuffix("</NotificationConfiguration>")
            start += ">" if text.endswith("/>") else ""
            body = f"{start}<EventBridgeConfiguration/></NotificationConfiguration>"
        return status, headers, body

    patch(S3Response, "get_bucket_notification", get_bucket_notification)
    patch(FakeBucket, "get_permission", get_permission)
    patch(FakeDeleteMarker, "dispose", lambda marker: None)
