"""With IAM enforced, functions of the embedded AWS may do what their roles allow."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_aws import LocalAws

from ..functions import ROLE, TRUST
from ..roles import HERE, ITEM, URL, allow, allowing, assert_requires, call

TAG = {"Key": "a", "Value": "b"}


@pytest.fixture
def aws(enforcing: LocalAws) -> LocalAws:
    return enforcing


# What a function calls, the permission it takes, another of its kind, and how it is refused.
CALLS: list[tuple[str, str, dict[str, Any], str, str, str, list[object]]] = [
    ("s3", "get_object", {"Bucket": "files", "Key": "here"},
     "s3:GetObject", "arn:aws:s3:::files/here", "arn:aws:s3:::files/ther?", [403, "AccessDenied"]),
    ("s3", "head_object", {"Bucket": "files", "Key": "here"},
     "s3:GetObject", "arn:aws:s3:::files/here", "arn:aws:s3:::files/there", [403, "403"]),
    ("s3", "get_object", {"Bucket": "files", "Key": "a b+c"},
     "s3:GetObject", "arn:aws:s3:::files/a b+c", "arn:aws:s3:::files/a", [403, "AccessDenied"]),
    ("s3", "put_object", {"Bucket": "files", "Key": "here", "Body": "text"},
     "s3:PutObject", "arn:aws:s3:::files/h*", "arn:aws:s3:::files/x*", [403, "AccessDenied"]),
    ("s3", "put_object_tagging", {"Bucket": "files", "Key": "here", "Tagging": {"TagSet": [TAG]}},
     "s3:PutObjectTagging", "arn:aws:s3:::files/*", "arn:aws:s3:::file/*", [403, "AccessDenied"]),
    ("s3", "delete_object", {"Bucket": "files", "Key": "here"},
     "s3:DeleteObject", "arn:aws:s3:::files/*", "arn:aws:s3:::files", [403, "AccessDenied"]),
    ("s3", "list_objects_v2", {"Bucket": "files"},
     "s3:ListBucket", "arn:aws:s3:::files", "arn:aws:s3:::files/*", [403, "AccessDenied"]),
    ("s3", "head_bucket", {"Bucket": "files"},
     "s3:ListBucket", "arn:aws:s3:::files", "arn:aws:s3:::other", [403, "403"]),
    ("s3", "list_buckets", {},
     "s3:ListAllMyBuckets", "*", "arn:aws:s3:::files", [403, "AccessDenied"]),
    ("dynamodb", "get_item", {"TableName": "one", "Key": ITEM},
     "dynamodb:GetItem", f"arn:aws:dynamodb:{HERE}:table/one",
     f"arn:aws:dynamodb:{HERE}:table/two", [400, "AccessDeniedException"]),
    ("dynamodb", "scan", {"TableName": f"arn:aws:dynamodb:{HERE}:table/one"},
     "dynamodb:Scan", f"arn:aws:dynamodb:{HERE}:table/one",
     f"arn:aws:dynamodb:{HERE}:table/two", [400, "AccessDeniedException"]),
    ("sqs", "get_queue_url", {"QueueName": "one"},
     "sqs:GetQueueUrl", f"arn:aws:sqs:{HERE}:one", f"arn:aws:sqs:{HERE}:two",
     [403, "AccessDenied"]),
    ("sqs", "send_message", {"QueueUrl": URL.format("one"), "MessageBody": "text"},
     "sqs:SendMessage", f"arn:aws:sqs:{HERE}:one", f"arn:aws:sqs:{HERE}:two",
     [403, "AccessDenied"]),
    ("sqs", "send_message_batch",
     {"QueueUrl": URL.format("one"), "Entries": [{"Id": "1", "MessageBody": "text"}]},
     "sqs:SendMessage", f"arn:aws:sqs:{HERE}:one", f"arn:aws:sqs:{HERE}:two",
     [403, "AccessDenied"]),
    ("sns", "publish", {"TopicArn": f"arn:aws:sns:{HERE}:one", "Message": "text"},
     "sns:Publish", f"arn:aws:sns:{HERE}:one", f"arn:aws:sns:{HERE}:two",
     [403, "AuthorizationError"]),
    ("secretsmanager", "get_secret_value", {"SecretId": "one"},
     "secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{HERE}:secret:one-??????",
     f"arn:aws:secretsmanager:{HERE}:secret:two-??????", [400, "AccessDeniedException"]),
    ("logs", "filter_log_events", {"logGroupName": "one"},
     "logs:FilterLogEvents", f"arn:aws:logs:{HERE}:log-group:one:*",
     f"arn:aws:logs:{HERE}:log-group:two:*", [400, "AccessDeniedException"]),
    ("cloudwatch", "get_metric_data",
     {"MetricDataQueries": [], "StartTime": 0, "EndTime": 60},
     "cloudwatch:GetMetricData", "*", f"arn:aws:cloudwatch:{HERE}:alarm:*",
     [400, "AccessDeniedException"]),
    ("kms", "list_keys", {},
     "kms:ListKeys", "*", f"arn:aws:kms:{HERE}:key/*", [400, "AccessDeniedException"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "action", "resource", "other", "refused"),
    CALLS,
    ids=[f"{each[0]}-{each[1]}" for each in CALLS],
)
def test_a_call_requires_a_permission_for_its_action_and_resource(
    aws: LocalAws,
    service: str,
    operation: str,
    arguments: dict[str, Any],
    action: str,
    resource: str,
    other: str,
    refused: list[object],
) -> None:
    """It is denied without a policy, and with one for another resource or another action."""
    assert_requires(aws, service, operation, arguments, action, resource, other, refused)


def test_policies_are_enforced_for_functions_only_and_in_the_block_only(caller: LocalAws) -> None:
    allow(caller)
    assert call(caller, "s3", "list_buckets") == [200]
    with caller.enforcing_iam():
        assert call(caller, "s3", "list_buckets")[0] == 403
        assert caller.client("s3").list_buckets()["Buckets"]
    assert call(caller, "s3", "list_buckets") == [200]


def test_everyone_may_ask_who_they_are(aws: LocalAws) -> None:
    allow(aws)
    assert call(aws, "sts", "get_caller_identity") == [200]


def test_only_callers_who_may_list_see_that_an_object_is_missing(aws: LocalAws) -> None:
    missing = {"Bucket": "files", "Key": "missing"}
    get, listing = (
        allowing("arn:aws:s3:::files/*", "s3:GetObject"),
        allowing("arn:aws:s3:::files", "s3:ListBucket"),
    )
    allow(aws, get)
    assert call(aws, "s3", "get_object", **missing)[:2] == [403, "AccessDenied"]
    assert call(aws, "s3", "head_object", **missing)[:2] == [403, "403"]
    allow(aws, get, {**listing, "Condition": {"StringEquals": {"s3:prefix": "missing"}}})
    assert call(aws, "s3", "get_object", **missing)[:2] == [403, "AccessDenied"]
    allow(aws, get, listing)
    assert call(aws, "s3", "get_object", **missing)[:2] == [404, "NoSuchKey"]
    assert call(aws, "s3", "get_object", Bucket="nowhere", Key="any")[:2] == [403, "AccessDenied"]
    allow(aws, allowing("*", "s3:*"))
    assert call(aws, "s3", "get_object", Bucket="nowhere", Key="any")[:2] == [404, "NoSuchBucket"]


def test_copying_requires_reading_and_writing(aws: LocalAws) -> None:
    copy = {"Bucket": "files", "Key": "copy", "CopySource": "files/a b+c"}
    write, read = (
        allowing("arn:aws:s3:::files/copy", "s3:PutObject"),
        allowing("arn:aws:s3:::files/a b+c", "s3:GetObject"),
    )
    for statement in (read, write):
        allow(aws, statement)
        assert call(aws, "s3", "copy_object", **copy)[:2] == [403, "AccessDenied"]
    allow(aws, read, write)
    assert call(aws, "s3", "copy_object", **copy) == [200]


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("s3", "get_bucket_encryption", {"Bucket": "files"}),
        ("s3", "delete_objects", {"Bucket": "files", "Delete": {"Objects": [{"Key": "here"}]}}),
        ("lambda", "list_functions", {}),
    ],
)
def test_a_call_whose_permission_is_unknown_is_an_error(
    aws: LocalAws, service: str, operation: str, arguments: dict[str, Any]
) -> None:
    allow(aws, allowing("*", "*"))
    status, _, message = call(aws, service, operation, **arguments)
    assert status == 501
    assert service == "s3" or "which permission GET /2015-03-31/functions" in message


PREFIX = {"Bucket": "files", "Prefix": "reports/new/"}
LIST = allowing("arn:aws:s3:::files", "s3:ListBucket")


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([{**LIST, "Condition": {"StringEquals": {"s3:prefix": "reports/new/"}}}], True),
        ([{**LIST, "Condition": {"StringEquals": {"s3:prefix": ["x", "reports/new/"]}}}], True),
        ([{**LIST, "Condition": {"StringEquals": {"s3:prefix": "reports/*"}}}], False),
        ([{**LIST, "Condition": {"StringLike": {"s3:prefix": "reports/*"}}}], True),
        ([{**LIST, "Condition": {"StringLike": {"s3:prefix": "other/*"}}}], False),
        ([{**LIST, "Condition": {"StringLike": {"s3:max-keys": "*"}}}], False),
        ([{**LIST, "Condition": {"NumericLessThan": {"s3:prefix": "1"}}}], False),
        ([{**LIST, "Action": "S3:listbucket"}], True),
        ([{**LIST, "Action": "s3:List*"}], True),
        ([{**LIST, "Action": "*"}], True),
        ([{**LIST, "Resource": ["arn:aws:s3:::other", "arn:aws:s3:::file?"]}], True),
        ([{**LIST, "Resource": "arn:aws:s3:::Files"}], False),
        ([{"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "NotAction": "s3:List*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::files"}], False),
        ([LIST, {**LIST, "Effect": "Deny"}], False),
        ([{**LIST, "Effect": "Deny", "Resource": "arn:aws:s3:::x"}, LIST], True),
    ],
)
def test_policies_are_evaluated_as_iam_does(
    aws: LocalAws, statements: list[dict[str, Any]], allowed: bool
) -> None:
    allow(aws, *statements)
    assert (call(aws, "s3", "list_objects_v2", **PREFIX) == [200]) is allowed


def test_a_denial_says_whether_it_is_explicit(aws: LocalAws) -> None:
    allow(aws)
    message = call(aws, "s3", "list_buckets")[2]
    assert message.endswith(
        "s3:ListAllMyBuckets on resource: * because no identity-based policy allows the "
        "s3:ListAllMyBuckets action"
    )
    allow(aws, {**allowing("*", "s3:*"), "Effect": "Deny"})
    message = call(aws, "s3", "list_buckets")[2]
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_the_default_version_of_an_attached_policy_applies(aws: LocalAws) -> None:
    iam = aws.client("iam")
    document = {"Version": "2012-10-17", "Statement": LIST}
    arn = iam.create_policy(PolicyName="list", PolicyDocument=json.dumps(document))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
    assert call(aws, "s3", "list_objects_v2", Bucket="files") == [200]
    document["Statement"] = {**LIST, "Resource": "arn:aws:s3:::other"}
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(document), SetAsDefault=True)
    assert call(aws, "s3", "list_objects_v2", Bucket="files")[0] == 403
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    assert call(aws, "s3", "list_objects_v2", Bucket="files") == [200]
    iam.detach_role_policy(RoleName=ROLE, PolicyArn=arn)
    assert call(aws, "s3", "list_objects_v2", Bucket="files")[0] == 403


def test_a_function_whose_role_is_deleted_is_denied_everything(aws: LocalAws) -> None:
    aws.client("iam").create_role(RoleName="short-lived", AssumeRolePolicyDocument=TRUST)
    allow(aws, allowing("*", "*"), role="short-lived")
    role = f"arn:aws:iam::{aws.account_id}:role/short-lived"
    aws.client("lambda").update_function_configuration(FunctionName="subject", Role=role)
    assert call(aws, "s3", "list_buckets") == [200]
    aws.client("iam").delete_role_policy(RoleName="short-lived", PolicyName="all")
    aws.client("iam").delete_role(RoleName="short-lived")
    assert call(aws, "s3", "list_buckets")[0] == 403
    role = f"arn:aws:iam::{aws.account_id}:role/{ROLE}"
    aws.client("lambda").update_function_configuration(FunctionName="subject", Role=role)


def test_each_environment_has_its_own_credentials(aws: LocalAws) -> None:
    first = aws.invoke("subject").payload
    assert aws.invoke("subject").payload == first
    aws.client("lambda").update_function_configuration(FunctionName="subject", Description="new")
    second = aws.invoke("subject").payload
    assert first.startswith("ASIA")
    assert second.startswith("ASIA")
    assert first != second
