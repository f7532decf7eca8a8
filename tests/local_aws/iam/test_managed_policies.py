"""AWS managed policies on the embedded AWS."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws


def test_an_aws_managed_policy_can_be_attached(aws: LocalAws) -> None:
    iam = aws.client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"

    iam.attach_role_policy(RoleName="r", PolicyArn=arn)

    attached = iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]
    assert [policy["PolicyArn"] for policy in attached] == [arn]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
    assert "logs:PutLogEvents" in json.dumps(document["Document"])
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/Nothing")
