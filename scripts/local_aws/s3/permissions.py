"""S3: which permissions a request takes."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from moto.backends import get_backend
from moto.s3.responses import ACTION_MAP
from werkzeug.wrappers import Request

from local_aws import environ
from local_aws.iam.policies import Need
from local_aws.kms.permissions import key_needs

_KNOWN_OTHERWISE = {"HeadBucket": "ListBucket"}


def needs(request: Request) -> list[Need]:
    """Return the permissions that a request with bucket and key in its path takes.

    Raises NotImplementedError for a request of which that is not known here.
    """
    bucket, _, key = request.path.removeprefix("/").partition("/")
    if not bucket:
        return [Need("s3:ListAllMyBuckets", "*")]
    action = _action(request, "KEY" if key else "BUCKET")
    if not key:
        names = ("prefix", "delimiter", "max-keys")
        context = {f"s3:{name}": request.args[name] for name in names if name in request.args}
        return [Need(f"s3:{action}", _arn(bucket), context)]
    found = [Need(f"s3:{action}", _arn(f"{bucket}/{key}"))]
    if source := request.headers.get("x-amz-copy-source"):
        found.append(Need("s3:GetObject", _arn(unquote(source).removeprefix("/"))))
    return found + _needs_of_object(request, action, bucket, key)


def _action(request: Request, kind: str) -> str:
    actions = ACTION_MAP[kind].get(request.method, {})
    given = [part for part in request.query_string.decode().split("&") if part and "=" not in part]
    named = [name for name in actions if name in request.args]
    if not (named or "DEFAULT" in actions) or set(given) - set(named):
        what = f"{request.method} {request.full_path}"
        raise NotImplementedError(f"which permission {what} of s3 takes")
    action = str(actions[named[0] if named else "DEFAULT"])
    return _KNOWN_OTHERWISE.get(action, action)


def _needs_of_object(request: Request, action: str, bucket: str, key: str) -> list[Need]:
    """Return what S3 asks for besides: use of the key, or to see that there is no such object."""
    backend = get_backend("s3")[environ.ACCOUNT_ID]["aws"]
    home = backend.buckets.get(bucket)
    if not home:
        return []
    if action == "PutObject":
        return key_needs(home.region_name, _key_to_write_with(request, home), "GenerateDataKey")
    if action not in ("GetObject", "GetObjectVersion"):
        return []
    stored = backend.get_object(bucket, key, version_id=request.args.get("versionId"))
    if stored is None:
        return [Need("s3:ListBucket", _arn(bucket))]
    used = stored.kms_key_id if stored.encryption == "aws:kms" else None
    return key_needs(home.region_name, used, "Decrypt")


def _key_to_write_with(request: Request, bucket: Any) -> str | None:
    rule = bucket.encryption["Rule"] if bucket.encryption else {}
    default = rule.get("ApplyServerSideEncryptionByDefault", {})
    algorithm = request.headers.get("x-amz-server-side-encryption", default.get("SSEAlgorithm"))
    name = "x-amz-server-side-encryption-aws-kms-key-id"
    key: str | None = request.headers.get(name, default.get("KMSMasterKeyID"))
    return key if algorithm == "aws:kms" else None


def _arn(resource: str) -> str:
    return f"arn:aws:s3:::{resource}"
