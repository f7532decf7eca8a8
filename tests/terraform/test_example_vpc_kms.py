"""The vpc-kms example: its network and key, and the permissions of its role."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from cli.demo import aws_cli

from .examples import Example, applied, period
from .privileges import FunctionUnderTest, Period

if TYPE_CHECKING:
    from local_aws import LocalAws


@pytest.fixture(scope="module")
def example(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    with applied(aws, tmp_path_factory.mktemp("example"), "vpc-kms") as example:
        yield example


def test_it_uses_its_network_and_key(aws: LocalAws, example: Example) -> None:
    outputs = example.outputs
    assert period(aws, outputs["eventbridge_rule_name"]) == {"service": "ok"}

    name, key_arn = outputs["lambda_function_name"], outputs["kms_key_arn"]
    function = aws.client("lambda").get_function_configuration(FunctionName=name)
    assert function["KMSKeyArn"] == key_arn
    assert function["VpcConfig"]["VpcId"] == outputs["vpc_id"]
    assert function["VpcConfig"]["SecurityGroupIds"] == [outputs["security_group_id"]]
    log_groups = aws.client("logs").describe_log_groups()["logGroups"]
    assert {each["logGroupName"]: each["kmsKeyId"] for each in log_groups} == {
        f"/aws/lambda/{name}": key_arn,
        f"/aws/vpc/{name}": key_arn,
    }
    bucket, key = outputs["state_bucket_name"], outputs["state_key"]
    state = aws.client("s3").head_object(Bucket=bucket, Key=key)
    assert state["SSEKMSKeyId"] == key_arn
    topic = aws.client("sns").get_topic_attributes(TopicArn=outputs["alert_topic_arn"])
    assert topic["Attributes"]["KmsMasterKeyId"] == key_arn
    in_vpc = [{"Name": "vpc-id", "Values": [outputs["vpc_id"]]}]
    groups = aws.client("ec2").describe_security_groups(Filters=in_vpc)["SecurityGroups"]
    [default] = [each for each in groups if each["GroupName"] == "default"]
    assert (default["IpPermissions"], default["IpPermissionsEgress"]) == ([], [])
    [flow_log] = aws.client("ec2").describe_flow_logs()["FlowLogs"]
    assert (flow_log["ResourceId"], flow_log["TrafficType"]) == (outputs["vpc_id"], "ALL")
    assert flow_log["LogDestination"].endswith(f":log-group:/aws/vpc/{name}")
    for command in ("break_command", "repair_command"):
        aws_cli.run(outputs[command], aws.client)
    assert not example.plan(), "a second plan is empty"


def test_its_role_has_the_permissions_that_the_function_needs_and_no_others(
    aws: LocalAws, example: Example
) -> None:
    s3 = aws.client("s3")
    state = {"Bucket": example.outputs["state_bucket_name"], "Key": example.outputs["state_key"]}
    last_success = {"alerted": True, "healthy": True, "cooldown_counter": 1}
    body = json.dumps({"service": last_success})
    under_test = FunctionUnderTest(
        aws,
        example.outputs["lambda_function_name"],
        [
            Period(
                lambda: s3.put_object(**state, Body=body), {"service": "cooldown (2/2) resolved"}
            ),
            Period(lambda: s3.put_object(**state, Body="half of it"), {"service": "ok"}),
            Period(lambda: s3.delete_object(**state), {"service": "ok"}),
        ],
    )
    unneeded = under_test.unneeded_grants()
    assert not unneeded, unneeded
