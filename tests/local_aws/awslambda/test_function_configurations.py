"""Functions of the embedded AWS keep the configuration that moto alone drops."""

from typing import Any

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


def test_a_function_keeps_its_dead_letter_and_logging_configuration(aws: LocalAws) -> None:
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


def test_a_function_keeps_its_file_system_and_its_snapshots(aws: LocalAws) -> None:
    functions = aws.client("lambda")
    access_point = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-1"
    file_systems = [{"Arn": access_point, "LocalMountPath": "/mnt/files"}]
    create(
        aws,
        FileSystemConfigs=file_systems,
        SnapStart={"ApplyOn": "PublishedVersions"},
        Publish=True,
    )

    latest = functions.get_function_configuration(FunctionName="f")
    assert latest["FileSystemConfigs"] == file_systems
    assert latest["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}
    published = functions.get_function_configuration(FunctionName="f", Qualifier="1")
    assert published["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}

    functions.update_function_configuration(
        FunctionName="f", FileSystemConfigs=[], SnapStart={"ApplyOn": "None"}
    )
    updated = functions.get_function_configuration(FunctionName="f")
    assert "FileSystemConfigs" not in updated
    assert updated["SnapStart"] == {"ApplyOn": "None", "OptimizationStatus": "Off"}


def test_every_setting_of_a_function_can_be_updated(aws: LocalAws) -> None:
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


def test_a_reserved_concurrency_of_zero_is_returned(aws: LocalAws) -> None:
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


def test_a_function_in_subnets_returns_their_vpc(aws: LocalAws) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(VpcId=vpc, GroupName="g", Description="g")["GroupId"]

    create(aws, VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]})

    configuration = aws.client("lambda").get_function_configuration(FunctionName="f")
    assert configuration["VpcConfig"]["VpcId"] == vpc


def test_an_image_has_no_configuration_unless_it_was_given(aws: LocalAws) -> None:
    role = aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]
    functions = aws.client("lambda")
    image = {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/reports:v1"}
    for name, given in {"plain": {}, "given": {"ImageConfig": {"Command": ["main.run"]}}}.items():
        functions.create_function(
            FunctionName=name, Role=role["Arn"], PackageType="Image", Code=image, **given
        )
    configuration = functions.get_function_configuration(FunctionName="plain")
    assert configuration["PackageType"] == "Image"
    assert "ImageConfigResponse" not in configuration
    configuration = functions.get_function_configuration(FunctionName="given")
    assert configuration["ImageConfigResponse"]["ImageConfig"]["Command"] == ["main.run"]
