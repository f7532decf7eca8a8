"""The permissions that operations of S3 require."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from moto.backends import get_backend
from moto.s3.responses import ACTION_MAP
from werkzeug.wrappers import Request

from local_aws import environ
from local_aws.iam.policies import Permission
from local_aws.kms.permissions import to_use_key

# Operations whose permission has another name.
_ACTIONS = {"HeadBucket": "ListBucket"}
_LIST_CONDITIONS = ("prefix", "delimiter", "max-keys")


def required(request: Request, _region: str) -> list[Permission]:
    """Return what a request with bucket and key in its path requires.

    Raises NotImplementedError for a request whose permissions are not known here.
    """
    bucket, _, key = request.path.removeprefix("/").partition("/")
    if not bucket:
        return [Permission("s3:ListAllMyBuckets", "*")]
    action = _action(request, "KEY" if key else "BUCKET")
    if not key:
        given = {f"s3:{name}": request.args.get(name) for name in _LIST_CONDITIONS}
        context = {name: value for name, value in given.items() if value is not None}
        return [Permission(f"s3:{action}", _arn(bucket), context)]
    permissions = [Permission(f"s3:{action}", _arn(f"{bucket}/{key}"))]
    if source := request.headers.get("x-amz-copy-source"):
        permissions.append(Permission("s3:GetObject", _arn(unquote(source).removeprefix("/"))))
    return permissions + _on_object(request, action, bucket, key)


def _action(request: Request, kind: str) -> str:
    actions = ACTION_MAP[kind].get(request.method, {})
    flags = [part for part in request.query_string.decode().split("&") if part and "=" not in part]
    named = [name for name in actions if name in request.args]
    if not (named or "DEFAULT" in actions) or set(flags) - set(named):
        what = f"{request.method} {request.full_path}"
        raise NotImplementedError(f"which permission {what} of S3 requires is not known here.")
    action = str(actions[named[0] if named else "DEFAULT"])
    return _ACTIONS.get(action, action)


def _on_object(request: Request, action: str, bucket_name: str, key: str) -> list[Permission]:
    """Return what S3 requires besides: the KMS key, or listing to see that an object is missing."""
    backend = get_backend("s3")[environ.ACCOUNT_ID]["aws"]
    bucket = backend.buckets.get(bucket_name)
    if not bucket:
        return []
    region = bucket.region_name
    if action == "PutObject":
        return to_use_key(region, _key_for_writing(request, bucket), "GenerateDataKey")
    if action not in ("GetObject", "GetObjectVersion"):
        return []
    stored = backend.get_object(bucket_name, key, version_id=request.args.get("versionId"))
    if stored is None:
        return [Permission("s3:ListBucket", _arn(bucket_name))]
    kms_key = stored.kms_key_id if stored.encryption == "aws:kms" else None
    return to_use_key(region, kms_key, "Decrypt")


def _key_for_writing(request: Request, bucket: Any) -> str | None:
    rule = bucket.encryption["Rule"] if bucket.encryption else {}
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    algorithm = request.headers.get("x-amz-server-side-encryption", default.get("SSEAlgorithm"))
    name = "x-amz-server-side-encryption-aws-kms-key-id"
    key: str | None = request.headers.get(name, default.get("KMSMasterKeyID"))
    return key if algorithm == "aws:kms" else None


def _arn(resource: str) -> str:
    return f"arn:aws:s3:::{resource}"
