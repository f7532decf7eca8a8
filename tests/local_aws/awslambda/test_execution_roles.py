"""With IAM enforced, the embedded AWS requires permissions of execution roles for Lambda."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from ..functions import deploy, log_events, permit
from ..roles import HERE, allow, allowing
from .asynchronous import messages

QUEUE, TOPIC = f"arn:aws:sqs:{HERE}:one", f"arn:aws:sns:{HERE}:one"


@pytest.fixture
def aws(enforcing: LocalAws) -> LocalAws:
    return enforcing


def test_encrypted_variables_are_decrypted_with_the_role_when_an_environment_starts(
    aws: LocalAws,
) -> None:
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
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


def test_an_asynchronous_invocation_without_permission_for_the_key_leaves_a_dead_letter(
    aws: LocalAws,
) -> None:
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    topic = aws.client("sns").create_topic(Name="async")["TopicArn"]
    allow(aws, allowing(QUEUE, "sqs:SendMessage"))
    name = deploy(
        aws,
        "def handler(event, context):\n    pass",
        FunctionName="subscribed",
        KMSKeyArn=key,
        Environment={"Variables": {"TOKEN": "secret"}},
        DeadLetterConfig={"TargetArn": QUEUE},
    )
    arn = aws.client("lambda").get_function_configuration(FunctionName=name)["FunctionArn"]
    permit(aws, name, "sns", topic)
    aws.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    aws.client("sns").publish(TopicArn=topic, Message="news")
    (dead_letter,) = messages(aws, "one")
    assert "kms:Decrypt on resource" in dead_letter["ErrorMessage"]


@pytest.mark.parametrize(
    ("missing", "streams", "lines"),
    [(None, 2, 2), ("CreateLogGroup", 0, 0), ("CreateLogStream", 1, 1), ("PutLogEvents", 2, 1)],
)
def test_logs_are_written_with_the_role_and_dropped_without_its_permission(
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
def test_lambda_rejects_a_configuration_for_which_the_role_lacks_permissions(
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
