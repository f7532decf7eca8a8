"""The embedded AWS returns what it was given where moto alone forgets or differs."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws


def create(aws: LocalAws, **options: Any) -> dict[str, Any]:
    role = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]
    created: dict[str, Any] = aws.client("lambda").create_function(
        FunctionName="f",
        Role=role["Arn"],
        Runtime="python3.13",
        Handler="main.handler",
        Code={"ZipFile": b"PK\x05\x06" + bytes(18)},
        **options,
    )
    return created


QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
JSON_LOGS = {"LogFormat": "JSON", "LogGroup": "/g", "ApplicationLogLevel": "WARN"}


def test_a_functions_dead_letters_and_logging_come_back(aws: LocalAws) -> None:
    functions = aws.client("lambda")
    created = create(aws, DeadLetterConfig={"TargetArn": QUEUE}, LoggingConfig=JSON_LOGS)
    configuration = functions.get_function(FunctionName="f")["Configuration"]

    for answer in (created, configuration):
        assert answer["DeadLetterConfig"] == {"TargetArn": QUEUE}
        assert answer["LoggingConfig"] == {**JSON_LOGS, "SystemLogLevel": "INFO"}

    functions.update_function_configuration(
        FunctionName="f", DeadLetterConfig={"TargetArn": ""}, LoggingConfig={"LogFormat": "Text"}
    )
    configuration = functions.get_function_configuration(FunctionName="f")
    assert "DeadLetterConfig" not in configuration
    assert configuration["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"}


def test_an_update_of_a_function_reaches_every_setting(aws: LocalAws) -> None:
    create(aws, LoggingConfig=JSON_LOGS)
    functions = aws.client("lambda")

    updated = functions.update_function_configuration(
        FunctionName="f",
        KMSKeyArn="arn:aws:kms:us-east-1:123456789012:key/k",
        TracingConfig={"Mode": "Active"},
        EphemeralStorage={"Size": 1024},
    )
    functions.update_function_code(
        FunctionName="f", ZipFile=b"PK\x05\x06" + bytes(18), Architectures=["arm64"]
    )

    configuration = functions.get_function_configuration(FunctionName="f")
    assert configuration["KMSKeyArn"] == "arn:aws:kms:us-east-1:123456789012:key/k"
    assert configuration["TracingConfig"] == {"Mode": "Active"}
    assert configuration["EphemeralStorage"] == {"Size": 1024}
    assert configuration["Architectures"] == ["arm64"]
    assert configuration["LoggingConfig"]["LogGroup"] == "/g"
    assert configuration["RevisionId"] != updated["RevisionId"]


def test_a_reserved_concurrency_of_zero_is_told(aws: LocalAws) -> None:
    create(aws)
    functions = aws.client("lambda")
    functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    assert functions.get_function(FunctionName="f")["Concurrency"] == {
        "ReservedConcurrentExecutions": 0
    }
    functions.delete_function_concurrency(FunctionName="f")
    assert "Concurrency" not in functions.get_function(FunctionName="f")


def test_the_latest_event_invoke_configuration_counts(aws: LocalAws) -> None:
    create(aws)
    functions = aws.client("lambda")
    for attempts in (0, 1):
        functions.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=attempts)
    config = functions.get_function_event_invoke_config(FunctionName="f")
    assert config["MaximumRetryAttempts"] == 1


def test_a_function_in_a_vpc_names_that_vpc(aws: LocalAws) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="g", Description="g")["GroupId"]

    create(aws, VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]})

    configuration = aws.client("lambda").get_function_configuration(FunctionName="f")
    assert configuration["VpcConfig"]["VpcId"] == vpc


def test_a_log_groups_class_and_key_come_back_and_the_key_can_change(aws: LocalAws) -> None:
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="g", logGroupClass="INFREQUENT_ACCESS", kmsKeyId="one")
    logs.create_log_group(logGroupName="plain")

    rare, plain = logs.describe_log_groups()["logGroups"]
    assert (rare["logGroupClass"], rare["kmsKeyId"]) == ("INFREQUENT_ACCESS", "one")
    assert plain["logGroupClass"] == "STANDARD"

    logs.associate_kms_key(logGroupName="g", kmsKeyId="two")
    assert logs.describe_log_groups()["logGroups"][0]["kmsKeyId"] == "two"
    logs.disassociate_kms_key(logGroupName="g")
    assert "kmsKeyId" not in logs.describe_log_groups()["logGroups"][0]


def test_a_redrive_policy_comes_back_as_aws_writes_it(aws: LocalAws) -> None:
    sqs = aws.client("sqs")
    sqs.create_queue(QueueName="dead")
    policy = {"deadLetterTargetArn": f"arn:aws:sqs:{aws.region}:{aws.account_id}:dead"}
    policy_text = json.dumps({**policy, "maxReceiveCount": 4}, separators=(",", ":"))
    url = sqs.create_queue(QueueName="q", Attributes={"RedrivePolicy": policy_text})["QueueUrl"]

    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["RedrivePolicy"] == policy_text


def deny(bucket: str, **statement: Any) -> str:
    denied = {"Effect": "Deny", "Principal": "*", "Resource": f"arn:aws:s3:::{bucket}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**denied, **statement}]})


def test_a_bucket_that_refuses_plain_http_takes_objects_and_other_denials_count(
    aws: LocalAws,
) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="bucket")
    plain_http = {"Bool": {"aws:SecureTransport": "false"}}
    s3.put_bucket_policy(
        Bucket="bucket", Policy=deny("bucket", Action="s3:*", Condition=plain_http)
    )
    s3.put_object(Bucket="bucket", Key="k", Body=b"1")
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"1"

    s3.put_bucket_policy(Bucket="bucket", Policy=deny("bucket", Action="s3:PutObject"))
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket="bucket", Key="k", Body=b"2")
    https = {"Bool": {"aws:SecureTransport": True}}
    s3.put_bucket_policy(Bucket="bucket", Policy=deny("bucket", Action="s3:*", Condition=https))
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket="bucket", Key="k", Body=b"2")


def test_a_policy_that_aws_provides_can_be_attached(aws: LocalAws) -> None:
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


def test_an_object_that_was_deleted_can_be_deleted_with_all_of_its_versions(aws: LocalAws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="versioned")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="versioned", Key="state.json")
    s3.delete_object(Bucket="versioned", Key="state.json")
    found = s3.list_object_versions(Bucket="versioned")
    versions = [
        {"Key": each["Key"], "VersionId": each["VersionId"]}
        for each in (*found["Versions"], *found["DeleteMarkers"])
    ]

    s3.delete_objects(Bucket="versioned", Delete={"Objects": versions})

    assert len(versions) == 2
    s3.delete_bucket(Bucket="versioned")
