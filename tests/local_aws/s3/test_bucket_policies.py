"""Bucket policies of the embedded AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from ..functions import ROLE
from ..roles import call


def deny(caller: LocalAws, bucket: str, **elements: Any) -> None:
    """Give a bucket a policy of one statement about all of its objects."""
    denied = {"Effect": "Deny", "Resource": f"arn:aws:s3:::{bucket}/*", **elements}
    document = {"Version": "2012-10-17", "Statement": [denied]}
    caller.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


def test_a_bucket_policy_applies_under_its_conditions(
    caller: LocalAws,
) -> None:
    s3 = caller.client("s3")
    s3.create_bucket(Bucket="bucket")
    plain_http = {"Bool": {"aws:SecureTransport": "false"}}
    deny(caller, "bucket", Principal="*", Action="s3:*", Condition=plain_http)
    s3.put_object(Bucket="bucket", Key="k", Body=b"1")
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"1"

    deny(caller, "bucket", Principal="*", Action="s3:PutObject")
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket="bucket", Key="k", Body=b"2")
    https = {"Bool": {"aws:SecureTransport": True}}
    deny(caller, "bucket", Principal="*", Action="s3:*", Condition=https)
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket="bucket", Key="k", Body=b"2")


def test_a_bucket_policy_applies_to_the_principals_that_it_names(caller: LocalAws) -> None:
    s3, wanted = caller.client("s3"), {"Bucket": "files", "Key": "here"}
    role = {"AWS": f"arn:aws:iam::{caller.account_id}:role/{ROLE}"}

    deny(caller, "files", Principal=role, Action="s3:GetObject")
    assert call(caller, "s3", "get_object", **wanted)[0] == 403
    s3.get_object(**wanted)

    deny(caller, "files", NotPrincipal=role, Action="s3:GetObject")
    assert call(caller, "s3", "get_object", **wanted) == [200]
    with pytest.raises(ClientError, match="403"):
        s3.get_object(**wanted)
