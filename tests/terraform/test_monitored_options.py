"""A monitored function with all options, and one with none."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from cli.common.terraform import Terraform, working_copy

from .monitored_functions import FIXTURES, bucket_for_packages, receive

if TYPE_CHECKING:
    from local_aws import LocalAws

FULL = "full"
BARE = "a-function-whose-name-takes-all-of-the-64-characters-that-it-may"


@dataclass(frozen=True, slots=True)
class Options:
    """The applied root module: its variables and outputs, and the dead-letter queue."""

    terraform: Terraform
    variables: dict[str, str]
    outputs: dict[str, Any]
    letters_url: str


@pytest.fixture(scope="module")
def options(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Options:
    letters = "monitored-dead-letters"
    url = aws.client("sqs").create_queue(QueueName=letters)["QueueUrl"]
    layer = aws.client("lambda").publish_layer_version(
        LayerName="insights", Content={"ZipFile": b"PK\x05\x06" + bytes(18)}
    )
    variables = {
        "dead_letter_arn": f"arn:aws:sqs:{aws.region}:{aws.account_id}:{letters}",
        "layer_arn": layer["LayerVersionArn"],
        "packages_bucket": bucket_for_packages(aws),
    }
    folder = working_copy(tmp_path_factory.mktemp("options") / "project") / "tests" / "terraform"
    shutil.copytree(FIXTURES, folder / "monitored")
    terraform = Terraform(folder / "monitored")
    terraform.init()
    terraform.apply(variables)
    return Options(terraform, variables, terraform.output(), url)


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
    assert [layer["Arn"] for layer in function["Layers"]] == [options.variables["layer_arn"]]
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
    assert retries(aws, BARE) == 0
    assert group(aws, BARE)["retentionInDays"] == 365
    assert "kmsKeyId" not in group(aws, BARE)
    outputs = options.outputs["bare"]
    assert outputs["lambda_alias_arn"] is None
    assert outputs["sns_topic_arn"].endswith(f":{BARE}-alarms")
    assert not topic(aws, outputs).get("KmsMasterKeyId")


def test_outputs(aws: LocalAws, options: Options) -> None:
    for name, outputs in ((FULL, options.outputs["full"]), (BARE, options.outputs["bare"])):
        function = configuration(aws, name)
        assert outputs["lambda_function_name"] == name
        assert outputs["lambda_function_arn"] == function["FunctionArn"]
        assert outputs["lambda_role_arn"] == function["Role"]
        role = aws.client("iam").get_role(RoleName=outputs["lambda_role_name"])["Role"]
        assert role["Arn"] == function["Role"]
        assert outputs["cloudwatch_log_group_name"] == group(aws, name)["logGroupName"]
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
    receive(aws, options.letters_url)
    before = len(lines(aws, FULL, "running"))
    payload = {"fail": True}
    with aws.enforcing_iam():
        aws.client("lambda").invoke(
            FunctionName=options.outputs["full"]["lambda_function_arn"] + qualifier,
            InvocationType="Event",
            Payload=json.dumps(payload).encode(),
        )
    assert len(lines(aws, FULL, "running")) == before + 2
    [letter] = receive(aws, options.letters_url)
    assert json.loads(letter["Body"]) == payload
    reason = letter["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert reason == "this run was told to fail"


def test_a_failed_event_is_not_retried_by_default(aws: LocalAws, options: Options) -> None:
    aws.client("lambda").invoke(
        FunctionName=BARE, InvocationType="Event", Payload=json.dumps({"fail": True}).encode()
    )
    assert len(lines(aws, BARE, "running")) == 1


def configuration(aws: LocalAws, name: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("lambda").get_function_configuration(FunctionName=name)
    return found


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
