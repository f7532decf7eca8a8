"""With IAM enforced, what AWS does in a role's name on the embedded AWS takes permission, too."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from ..functions import deploy, log_events
from .roles import HERE, ITEM, URL, allow, allowing, call, new_table, with_caller


@pytest.fixture(scope="module")
def running() -> Iterator[LocalAws]:
    with with_caller() as aws:
        yield aws


@pytest.fixture
def aws(running: LocalAws) -> Iterator[LocalAws]:
    with running.enforcing_iam():
        yield running
    allow(running)


@pytest.fixture(scope="module")
def key(running: LocalAws) -> str:
    """The ARN of a key; bucket, table, queue and topic `secret` are encrypted with it."""
    kms = running.client("kms").create_key()["KeyMetadata"]
    running.client("kms").create_alias(AliasName="alias/own", TargetKeyId=kms["KeyId"])
    s3 = running.client("s3")
    s3.create_bucket(Bucket="secret")
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": kms["Arn"]}
    s3.put_bucket_encryption(
        Bucket="secret",
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": default}]
        },
    )
    s3.put_object(Bucket="secret", Key="here")
    new_table(
        running,
        "secret",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": kms["Arn"]},
    )
    running.client("sqs").create_queue(
        QueueName="secret", Attributes={"KmsMasterKeyId": "alias/own"}
    )
    running.client("sns").create_topic(Name="secret", Attributes={"KmsMasterKeyId": kms["KeyId"]})
    return str(kms["Arn"])


ENCRYPTED: list[tuple[str, str, dict[str, Any], list[str], list[object]]] = [
    ("s3", "put_object", {"Bucket": "secret", "Key": "new"},
     ["GenerateDataKey"], [403, "AccessDenied"]),
    ("s3", "put_object",
     {"Bucket": "files", "Key": "new", "ServerSideEncryption": "aws:kms",
      "SSEKMSKeyId": "alias/own"},
     ["GenerateDataKey"], [403, "AccessDenied"]),
    ("s3", "get_object", {"Bucket": "secret", "Key": "here"}, ["Decrypt"], [403, "AccessDenied"]),
    ("dynamodb", "get_item", {"TableName": "secret", "Key": ITEM},
     ["Decrypt"], [400, "AccessDeniedException"]),
    ("dynamodb", "put_item", {"TableName": "secret", "Item": ITEM},
     ["Decrypt"], [400, "AccessDeniedException"]),
    ("sqs", "send_message", {"QueueUrl": URL.format("secret"), "MessageBody": "text"},
     ["Decrypt", "GenerateDataKey"], [400, "KMS.AccessDeniedException"]),
    ("sqs", "receive_message", {"QueueUrl": URL.format("secret")},
     ["Decrypt"], [400, "KMS.AccessDeniedException"]),
    ("sns", "publish", {"TopicArn": f"arn:aws:sns:{HERE}:secret", "Message": "text"},
     ["Decrypt", "GenerateDataKey"], [400, "KMSAccessDenied"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "used", "refused"),
    ENCRYPTED,
    ids=[f"{each[0]}-{each[1]}-{each[2].get('Bucket', '')}" for each in ENCRYPTED],
)
def test_what_is_encrypted_with_a_key_takes_the_key(
    aws: LocalAws,
    key: str,
    service: str,
    operation: str,
    arguments: dict[str, Any],
    used: list[str],
    refused: list[object],
) -> None:
    service_itself = allowing("*", f"{service}:*")
    for missing in used:
        others = [f"kms:{each}" for each in ("Encrypt", *used) if each != missing]
        allow(aws, service_itself, allowing(key, *others))
        told = call(aws, service, operation, **arguments)
        assert told[:2] == refused
        assert f"not authorized to perform: kms:{missing} on resource: {key}" in told[2]
    allow(aws, service_itself, allowing(key, *(f"kms:{each}" for each in used)))
    assert call(aws, service, operation, **arguments) == [200]


def test_a_dead_letter_takes_the_queue_and_its_key(aws: LocalAws, key: str) -> None:
    queue = f"arn:aws:sqs:{HERE}:secret"
    send = allowing(queue, "sqs:SendMessage")
    allow(aws, send)
    code = "def handler(event, context):\n    return 1 / 0"
    name = deploy(aws, code, FunctionName="failing", DeadLetterConfig={"TargetArn": queue})
    sqs, functions = aws.client("sqs"), aws.client("lambda")
    functions.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    url = sqs.get_queue_url(QueueName="secret")["QueueUrl"]
    sqs.purge_queue(QueueUrl=url)
    use = allowing(key, "kms:Decrypt", "kms:GenerateDataKey")
    for statements, letters in (([send], 0), ([use], 0), ([send, use], 1)):
        allow(aws, *statements)
        functions.invoke(FunctionName=name, InvocationType="Event")
        assert len(sqs.receive_message(QueueUrl=url).get("Messages", [])) == letters


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("dynamodb", "describe_table", {"TableName": "secret"}),
        ("sqs", "get_queue_url", {"QueueName": "secret"}),
        ("s3", "put_object", {"Bucket": "secret", "Key": "x", "ServerSideEncryption": "AES256"}),
        ("s3", "delete_object", {"Bucket": "secret", "Key": "x"}),
        ("s3", "put_object", {"Bucket": "files", "Key": "x", "ServerSideEncryption": "aws:kms"}),
        ("s3", "put_object", {"Bucket": "files", "Key": "x", "ServerSideEncryption": "aws:kms",
                              "SSEKMSKeyId": "alias/aws/s3"}),
    ],
)  # fmt: skip
def test_what_does_not_use_a_key_of_ones_own_takes_none(
    aws: LocalAws, service: str, operation: str, arguments: dict[str, Any]
) -> None:
    allow(aws, allowing("*", f"{service}:*"))
    assert call(aws, service, operation, **arguments) == [200]


def test_encrypted_variables_are_decrypted_in_the_roles_name_when_an_environment_starts(
    aws: LocalAws, key: str
) -> None:
    code = "def handler(event, context):\n    return 'ran'"
    options = {"KMSKeyArn": key, "Environment": {"Variables": {"TOKEN": "secret"}}}
    name = deploy(aws, code, FunctionName="encrypted", **options)
    allow(aws, allowing(key, "kms:Encrypt"))
    with pytest.raises(ClientError, match="kms:Decrypt on resource") as caught:
        aws.invoke(name)
    assert caught.value.response["Error"]["Code"] == "KMSAccessDeniedException"
    allow(aws, allowing(key, "kms:Decrypt"))
    assert aws.invoke(name).payload == "ran"
    allow(aws)
    assert aws.invoke(name).payload == "ran", "a warm environment has them already"


@pytest.mark.parametrize(
    ("missing", "streams", "lines"),
    [(None, 2, 2), ("CreateLogGroup", 0, 0), ("CreateLogStream", 1, 1), ("PutLogEvents", 2, 1)],
)
def test_a_log_is_written_in_the_roles_name_and_nobody_told_where_that_fails(
    aws: LocalAws, missing: str | None, streams: int, lines: int
) -> None:
    name = deploy(aws, "def handler(event, context):\n    print('said')", FunctionName="talking")
    group = f"/aws/lambda/{name}"
    every = {f"logs:{each}" for each in ("CreateLogGroup", "CreateLogStream", "PutLogEvents")}
    resource = f"arn:aws:logs:{HERE}:log-group:{group}:*"
    if missing != "CreateLogGroup":
        allow(aws, allowing(resource, *every))
        aws.invoke(name)
    allow(aws, allowing(resource, *(every - {f"logs:{missing}"})))
    # a new environment, and with it a new stream
    aws.client("lambda").update_function_configuration(FunctionName=name, Description="new")
    invocation = aws.invoke(name)
    assert "said\n" in invocation.log_tail
    assert invocation.function_error is None

    logs = aws.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    written = log_events(aws, group) if groups else []
    assert written.count("said") == lines
    if groups:
        assert len(logs.describe_log_streams(logGroupName=group)["logStreams"]) == streams
        logs.delete_log_group(logGroupName=group)
    assert bool(groups) is (missing != "CreateLogGroup")
    aws.client("lambda").delete_function(FunctionName=name)


VPC = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")
TRACING = {"TracingConfig": {"Mode": "Active"}}
QUEUE, TOPIC = f"arn:aws:sqs:{HERE}:one", f"arn:aws:sns:{HERE}:one"


@pytest.mark.parametrize(
    ("options", "needed", "resource"),
    [
        ("vpc", [f"{each} on EC2" for each in VPC], "*"),
        (TRACING, ["PutTraceSegments on XRAY", "PutTelemetryRecords on XRAY"], "*"),
        ({"DeadLetterConfig": {"TargetArn": QUEUE}}, ["SendMessage on SQS"], QUEUE),
        ({"DeadLetterConfig": {"TargetArn": TOPIC}}, ["Publish on SNS"], TOPIC),
    ],
    ids=["vpc", "tracing", "queue", "topic"],
)
def test_lambda_takes_no_configuration_for_which_the_role_is_not_enough(
    aws: LocalAws, options: Any, needed: list[str], resource: str
) -> None:
    if options == "vpc":
        ec2 = aws.client("ec2")
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        options = {"VpcConfig": {"SubnetIds": [subnet], "SecurityGroupIds": []}}
    functions = aws.client("lambda")
    code = "def handler(event, context):\n    return 'ran'"
    plain = deploy(aws, code, FunctionName=f"plain-{uuid.uuid4().hex}")
    actions = [f"{need.split(' on ')[1].lower()}:{need.split(' on ')[0]}" for need in needed]
    for index, need in enumerate(needed):
        others = [*actions[:index], *actions[index + 1 :]]
        allow(aws, allowing(resource, "lambda:Some", *others))
        refused = f"InvalidParameterValue.* does not have permissions to call {need}"
        with pytest.raises(ClientError, match=refused):
            deploy(aws, code, FunctionName="new", **options)
        with pytest.raises(ClientError, match=refused):
            functions.update_function_configuration(FunctionName=plain, **options)
        configuration = functions.get_function_configuration(FunctionName=plain)
        assert not set(options) & {"DeadLetterConfig"} & set(configuration)
        assert configuration.get("TracingConfig", {}).get("Mode") != "Active"
        assert not configuration.get("VpcConfig", {}).get("SubnetIds")
    allow(aws, allowing(resource, *actions))
    functions.update_function_configuration(FunctionName=plain, **options)
    name = deploy(aws, code, FunctionName=f"new-{uuid.uuid4().hex}", **options)
    assert aws.invoke(name).payload == "ran"
