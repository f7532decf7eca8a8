"""With IAM enforced, encrypted resources of the embedded AWS require permission for their key."""

from __future__ import annotations

from typing import Any

import pytest

from local_aws import LocalAws

from ..functions import deploy
from ..roles import HERE, ITEM, URL, allow, allowing, call, new_table


@pytest.fixture
def aws(enforcing: LocalAws) -> LocalAws:
    return enforcing


@pytest.fixture(scope="module")
def key(caller: LocalAws) -> str:
    """The ARN of a key; bucket, table, queue and topic `secret` are encrypted with it."""
    kms = caller.client("kms").create_key()["KeyMetadata"]
    caller.client("kms").create_alias(AliasName="alias/own", TargetKeyId=kms["KeyId"])
    s3 = caller.client("s3")
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
        caller,
        "secret",
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": kms["Arn"]},
    )
    caller.client("sqs").create_queue(
        QueueName="secret", Attributes={"KmsMasterKeyId": "alias/own"}
    )
    caller.client("secretsmanager").create_secret(
        Name="secret", SecretString="text", KmsKeyId=kms["Arn"]
    )
    caller.client("sns").create_topic(Name="secret", Attributes={"KmsMasterKeyId": kms["KeyId"]})
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
    ("secretsmanager", "get_secret_value", {"SecretId": "secret"},
     ["Decrypt"], [400, "AccessDeniedException"]),
    ("sns", "publish", {"TopicArn": f"arn:aws:sns:{HERE}:secret", "Message": "text"},
     ["Decrypt", "GenerateDataKey"], [400, "KMSAccessDenied"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "used", "refused"),
    ENCRYPTED,
    ids=[f"{each[0]}-{each[1]}-{each[2].get('Bucket', '')}" for each in ENCRYPTED],
)
def test_encrypted_resources_require_permission_for_their_key(
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
        response = call(aws, service, operation, **arguments)
        assert response[:2] == refused
        assert f"not authorized to perform: kms:{missing} on resource: {key}" in response[2]
    allow(aws, service_itself, allowing(key, *(f"kms:{each}" for each in used)))
    assert call(aws, service, operation, **arguments) == [200]


def test_a_dead_letter_requires_permission_for_the_queue_and_its_key(
    aws: LocalAws, key: str
) -> None:
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
def test_operations_without_a_customer_managed_key_require_none(
    aws: LocalAws, service: str, operation: str, arguments: dict[str, Any]
) -> None:
    allow(aws, allowing("*", f"{service}:*"))
    assert call(aws, service, operation, **arguments) == [200]
