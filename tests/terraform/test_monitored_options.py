"""A monitored function with all options, one with a role of its own, and one with none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from cli.common.terraform import Terraform, working_copy

from .monitored_functions import FIXTURES, bucket_for_packages, receive

if TYPE_CHECKING:
    from local_aws import LocalAws

FULL = "full"
OWN = "own"
DESTINATIONS = ("failures", "successes")
BARE = "a-function-whose-name-takes-all-of-the-64-characters-that-it-may"


@dataclass(frozen=True, slots=True)
class Options:
    """The applied root module: its variables and outputs, and the queues of events by name."""

    terraform: Terraform
    variables: dict[str, Any]
    outputs: dict[str, Any]
    queue_urls: dict[str, str]


@pytest.fixture(scope="module")
def options(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Options:
    names = ["letters", *DESTINATIONS]
    urls = {
        name: aws.client("sqs").create_queue(QueueName=f"monitored-{name}")["QueueUrl"]
        for name in names
    }
    arns = {name: f"arn:aws:sqs:{aws.region}:{aws.account_id}:monitored-{name}" for name in names}
    layer = aws.client("lambda").publish_layer_version(
        LayerName="insights", Content={"ZipFile": b"PK\x05\x06" + bytes(18)}
    )
    variables = {
        "dead_letter_arn": arns["letters"],
        "destination_arns": json.dumps({name: arns[name] for name in DESTINATIONS}),
        "layer_arn": layer["LayerVersionArn"],
        "packages_bucket": bucket_for_packages(aws),
    }
    folder = working_copy(tmp_path_factory.mktemp("options") / "project") / "tests" / "terraform"
    shutil.copytree(FIXTURES, folder / "monitored")
    terraform = Terraform(folder / "monitored")
    terraform.init()
    terraform.apply(variables)
    return Options(terraform, variables, terraform.output(), urls)


def test_a_second_plan_is_empty(options: Options) -> None:
    assert not options.terraform.plan(options.variables)


def test_the_function_has_all_options(aws: LocalAws, options: Options) -> None:
    made = options.outputs["made"]
    function = configuration(aws, FULL)
    assert function["Handler"] == "main.lambda_handler"
    assert function["TracingConfig"]["Mode"] == "Active"
    assert function["DeadLetterConfig"]["TargetArn"] == options.variables["dead_letter_arn"]
    assert function["VpcConfig"]["SubnetIds"] == [made["subnet_id"]]
    assert function["VpcConfig"]["SecurityGroupIds"] == [made["security_group_id"]]
    assert [layer["Arn"] for layer in function["Layers"]] == [options.variables["layer_arn"]] * 2
    assert function["Description"] == "All options"
    assert function["EphemeralStorage"] == {"Size": 1024}
    [file_system] = function["FileSystemConfigs"]
    assert file_system["Arn"].endswith(":access-point/fsap-0123456789abcdef0")
    assert file_system["LocalMountPath"] == "/mnt/files"
    functions = aws.client("lambda")
    signing = functions.get_function_code_signing_config(FunctionName=FULL)
    assert signing["CodeSigningConfigArn"].endswith(":csc-0123456789abcdef0")
    concurrency = functions.get_function_concurrency(FunctionName=FULL)
    assert concurrency["ReservedConcurrentExecutions"] == 2
    tags = aws.client("lambda").list_tags(Resource=function["FunctionArn"])["Tags"]
    assert tags == {"team": "reports"}


def test_defaults(aws: LocalAws, options: Options) -> None:
    function = configuration(aws, BARE)
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert (function["Timeout"], function["MemorySize"]) == (60, 128)
    assert function["TracingConfig"]["Mode"] == "PassThrough"
    assert "DeadLetterConfig" not in function
    assert not function.get("VpcConfig", {}).get("SubnetIds")
    assert not function.get("Layers")
    assert function["Description"] == ""
    assert function["EphemeralStorage"] == {"Size": 512}
    assert function["LoggingConfig"]["LogFormat"] == "Text"
    assert function["SnapStart"]["ApplyOn"] == "None"
    assert "FileSystemConfigs" not in function
    assert retries(aws, BARE) == 0
    assert group(aws, BARE)["retentionInDays"] == 365
    assert "kmsKeyId" not in group(aws, BARE)
    outputs = options.outputs["bare"]
    assert outputs["lambda_alias_arn"] is None
    assert outputs["sns_topic_arn"].endswith(f":{BARE}-alarms")
    assert not topic(aws, outputs).get("KmsMasterKeyId")


def test_outputs(aws: LocalAws, options: Options) -> None:
    for name, output in ((FULL, "full"), (OWN, "own"), (BARE, "bare")):
        function, outputs = configuration(aws, name), options.outputs[output]
        assert outputs["lambda_function_name"] == name
        assert outputs["lambda_function_arn"] == function["FunctionArn"]
        version = "$LATEST" if name == BARE else "1"
        assert outputs["lambda_function_qualified_arn"] == f"{function['FunctionArn']}:{version}"
        path = f"/2015-03-31/functions/{function['FunctionArn']}/invocations"
        assert outputs["lambda_function_invoke_arn"].endswith(path)
        assert outputs["lambda_role_arn"] == function["Role"]
        role = aws.client("iam").get_role(RoleName=outputs["lambda_role_name"])["Role"]
        assert role["Arn"] == function["Role"]
        assert outputs["cloudwatch_log_group_name"] == group(aws, name)["logGroupName"]
        assert f"{outputs['cloudwatch_log_group_arn']}:*" == group(aws, name)["arn"]
        named = {
            "errors-immediate": outputs["error_alarm_arn"],
            "throttles": outputs["throttle_alarm_arn"],
            "duration": outputs["duration_alarm_arn"],
        }
        assert named == outputs["alarm_arns"]
        assert outputs["memory_alarm_arn"] is None
        assert topic(aws, outputs)["TopicArn"] == outputs["sns_topic_arn"]


def test_the_log_group_and_the_topic_have_all_options(aws: LocalAws, options: Options) -> None:
    key_arn = options.outputs["made"]["key_arn"]
    assert group(aws, FULL)["kmsKeyId"] == key_arn
    assert group(aws, FULL)["retentionInDays"] == 30
    outputs = options.outputs["full"]
    assert topic(aws, outputs)["KmsMasterKeyId"] == key_arn
    assert outputs["sns_topic_arn"].endswith(":renamed")
    subscriptions = aws.client("sns").list_subscriptions_by_topic(TopicArn=outputs["sns_topic_arn"])
    assert {(each["Protocol"], each["Endpoint"]) for each in subscriptions["Subscriptions"]} == {
        ("email", "first@example.com"),
        ("email", "second@example.com"),
    }


def test_policies_that_are_created_in_the_same_apply_are_attached(
    aws: LocalAws, options: Options
) -> None:
    role = options.outputs["full"]["lambda_role_name"]
    attached = aws.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    made = options.outputs["made"]["policy_arns"]
    assert sorted(each["PolicyArn"] for each in attached) == sorted(made)


def test_the_package_is_uploaded_to_the_bucket(aws: LocalAws, options: Options) -> None:
    stored = aws.client("s3").list_objects_v2(Bucket=options.variables["packages_bucket"])
    [key] = [each["Key"] for each in stored["Contents"] if each["Key"].startswith(f"{FULL}/")]
    head = aws.client("s3").head_object(Bucket=options.variables["packages_bucket"], Key=key)
    assert head["ContentLength"] == configuration(aws, FULL)["CodeSize"]


def test_the_alias_has_provisioned_concurrency_and_runs_the_code(
    aws: LocalAws, options: Options
) -> None:
    alias_arn = options.outputs["full"]["lambda_alias_arn"]
    assert alias_arn.endswith(":function:full:live")
    assert aws.invoke(alias_arn, {}).payload == "well"
    provisioned = aws.client("lambda").get_provisioned_concurrency_config(
        FunctionName=FULL, Qualifier="live"
    )
    assert provisioned["RequestedProvisionedConcurrentExecutions"] == 1
    version = aws.client("lambda").get_alias(FunctionName=FULL, Name="live")["FunctionVersion"]
    assert version.isdigit()


@pytest.mark.parametrize("qualifier", ["", ":live"])
def test_a_failed_event_is_retried_and_then_becomes_a_dead_letter(
    aws: LocalAws, options: Options, qualifier: str
) -> None:
    for url in options.queue_urls.values():
        receive(aws, url)
    before = len(lines(aws, FULL, "running"))
    payload = {"fail": True}
    with aws.enforcing_iam():
        aws.client("lambda").invoke(
            FunctionName=options.outputs["full"]["lambda_function_arn"] + qualifier,
            InvocationType="Event",
            Payload=json.dumps(payload).encode(),
        )
    assert len(lines(aws, FULL, "running")) == before + 2
    [letter] = receive(aws, options.queue_urls["letters"])
    assert json.loads(letter["Body"]) == payload
    reason = letter["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert reason == "this run was told to fail"
    [message] = receive(aws, options.queue_urls["failures"])
    record = json.loads(message["Body"])
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["requestPayload"] == payload
    assert record["responsePayload"]["errorMessage"] == "this run was told to fail"
    assert receive(aws, options.queue_urls["successes"]) == []


@pytest.mark.parametrize("qualifier", ["", ":live"])
def test_the_result_of_a_successful_event_is_sent_to_its_destination(
    aws: LocalAws, options: Options, qualifier: str
) -> None:
    for url in options.queue_urls.values():
        receive(aws, url)
    with aws.enforcing_iam():
        aws.client("lambda").invoke(
            FunctionName=options.outputs["full"]["lambda_function_arn"] + qualifier,
            InvocationType="Event",
            Payload=b"{}",
        )
    [message] = receive(aws, options.queue_urls["successes"])
    record = json.loads(message["Body"])
    assert record["requestContext"]["condition"] == "Success"
    assert record["responsePayload"] == "well"
    assert receive(aws, options.queue_urls["failures"]) == []


def test_the_statements_of_the_caller_are_in_the_policy_of_the_role(
    aws: LocalAws, options: Options
) -> None:
    role = options.outputs["full"]["lambda_role_name"]
    [name] = aws.client("iam").list_role_policies(RoleName=role)["PolicyNames"]
    policy = aws.client("iam").get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    statements = {statement["Sid"]: statement for statement in policy["Statement"]}
    assert statements["List"]["Action"] == "s3:ListAllMyBuckets"
    assert {"Log", "Insights", "DeadLetters", "OnFailure", "OnSuccess"} < set(statements)
    point = statements["FileSystem"]["Condition"]["StringEquals"]
    assert point["elasticfilesystem:AccessPointArn"].endswith("fsap-0123456789abcdef0")


def test_an_existing_role_is_used_and_nothing_is_attached_to_it(
    aws: LocalAws, options: Options
) -> None:
    function, outputs = configuration(aws, OWN), options.outputs["own"]
    assert function["Role"] == f"arn:aws:iam::{aws.account_id}:role/functions/own"
    iam = aws.client("iam")
    assert len(iam.list_role_policies(RoleName="own")["PolicyNames"]) == 1
    assert iam.list_attached_role_policies(RoleName="own")["AttachedPolicies"] == []
    roles = {role["RoleName"] for page in pages(iam, "list_roles", "Roles") for role in page}
    assert not [name for name in roles if name.startswith("own-")]
    with aws.enforcing_iam():
        assert aws.invoke(outputs["lambda_alias_arn"], {}).payload == "well"
    assert lines(aws, OWN, "running")


def test_logs_are_json_with_the_levels_that_are_set(aws: LocalAws, options: Options) -> None:
    assert configuration(aws, OWN)["LoggingConfig"] == {
        "LogFormat": "JSON",
        "ApplicationLogLevel": "WARN",
        "SystemLogLevel": "DEBUG",
        "LogGroup": f"/aws/lambda/{OWN}",
    }


def test_the_published_version_starts_from_a_snapshot(aws: LocalAws, options: Options) -> None:
    alias = aws.client("lambda").get_alias(FunctionName=OWN, Name="live")
    version = aws.client("lambda").get_function_configuration(
        FunctionName=OWN, Qualifier=alias["FunctionVersion"]
    )
    assert version["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}
    with pytest.raises(ClientError, match="ProvisionedConcurrencyConfigNotFound"):
        aws.client("lambda").get_provisioned_concurrency_config(FunctionName=OWN, Qualifier="live")


def test_the_configuration_of_asynchronous_runs_can_be_a_resource_of_the_caller(
    aws: LocalAws, options: Options
) -> None:
    listed = aws.client("lambda").list_function_event_invoke_configs(FunctionName=OWN)
    [config] = listed["FunctionEventInvokeConfigs"]
    assert config["MaximumRetryAttempts"] == 1
    assert config["MaximumEventAgeInSeconds"] == 60


def test_a_failed_event_is_not_retried_by_default(aws: LocalAws, options: Options) -> None:
    aws.client("lambda").invoke(
        FunctionName=BARE, InvocationType="Event", Payload=json.dumps({"fail": True}).encode()
    )
    assert len(lines(aws, BARE, "running")) == 1


def configuration(aws: LocalAws, name: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("lambda").get_function_configuration(FunctionName=name)
    return found


def pages(client: Any, operation: str, key: str) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate():
        yield page[key]


def retries(aws: LocalAws, name: str) -> int:
    found = aws.client("lambda").get_function_event_invoke_config(FunctionName=name)
    return int(found["MaximumRetryAttempts"])


def group(aws: LocalAws, name: str) -> dict[str, Any]:
    prefix = f"/aws/lambda/{name}"
    found = aws.client("logs").describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]
    [group] = [each for each in found if each["logGroupName"] == prefix]
    assert isinstance(group, dict)
    return group


def topic(aws: LocalAws, outputs: dict[str, Any]) -> dict[str, str]:
    found = aws.client("sns").get_topic_attributes(TopicArn=outputs["sns_topic_arn"])
    attributes: dict[str, str] = found["Attributes"]
    return attributes


def lines(aws: LocalAws, name: str, text: str) -> list[str]:
    events = aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    return [event["message"] for event in events if event["message"].strip() == text]
