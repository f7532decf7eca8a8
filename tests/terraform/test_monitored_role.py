"""The execution role of a monitored function: its permissions and its name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.common import paths
from cli.common.terraform import Terraform, working_copy

from .monitored_functions import MODULE, given
from .roots import plan_root, planned_outputs, write_modules
from .test_lambda_policy import allowed
from .wrong_values.shared import FILES

if TYPE_CHECKING:
    from local_aws import LocalAws

HERE = "us-east-1:123456789012"
LOGS = f"arn:aws:logs:{HERE}:log-group"
LAYER = f"arn:aws:lambda:{HERE}:layer:LambdaInsightsExtension:1"
QUEUE = f"arn:aws:sqs:{HERE}:letters"
TOPIC = f"arn:aws:sns:{HERE}:letters"
FUNCTION = f"arn:aws:lambda:{HERE}:function:results:live"
BUS = f"arn:aws:events:{HERE}:event-bus/results"
BUCKET = "arn:aws:s3:::failures"
READING = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"{BUCKET}/*"]}

# By name: variables, and the permissions besides writing the function's log.
CASES: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {
    "plain": ({}, {}),
    "vpc": (
        {"lambda_subnet_ids": ["subnet-1"], "lambda_security_group_ids": ["sg-1"]},
        {
            "ec2:CreateNetworkInterface": ["*"],
            "ec2:DeleteNetworkInterface": ["*"],
            "ec2:DescribeNetworkInterfaces": ["*"],
        },
    ),
    "tracing": (
        {"enable_tracing": True},
        {"xray:PutTelemetryRecords": ["*"], "xray:PutTraceSegments": ["*"]},
    ),
    "letters-to-queue": ({"dead_letter_arn": QUEUE}, {"sqs:SendMessage": [QUEUE]}),
    "letters-to-topic": ({"dead_letter_arn": TOPIC}, {"sns:Publish": [TOPIC]}),
    "failures-to-queue": ({"destination_on_failure": QUEUE}, {"sqs:SendMessage": [QUEUE]}),
    "results-to-topic": ({"destination_on_success": TOPIC}, {"sns:Publish": [TOPIC]}),
    "results-to-function": (
        {"destination_on_success": FUNCTION},
        {"lambda:InvokeFunction": [FUNCTION]},
    ),
    "failures-to-bus": ({"destination_on_failure": BUS}, {"events:PutEvents": [BUS]}),
    "failures-to-bucket": (
        {"destination_on_failure": BUCKET},
        {action: [BUCKET, f"{BUCKET}/*"] for action in ("s3:PutObject", "s3:ListBucket")},
    ),
    "file-system": (
        {
            "lambda_subnet_ids": ["subnet-1"],
            "lambda_security_group_ids": ["sg-1"],
            "file_system_config": FILES,
        },
        {
            "ec2:CreateNetworkInterface": ["*"],
            "ec2:DeleteNetworkInterface": ["*"],
            "ec2:DescribeNetworkInterfaces": ["*"],
            "elasticfilesystem:ClientMount": [f"arn:aws:elasticfilesystem:{HERE}:file-system/*"],
            "elasticfilesystem:ClientWrite": [f"arn:aws:elasticfilesystem:{HERE}:file-system/*"],
        },
    ),
    "given": (
        {"policy_json": json.dumps({"Statement": [{**READING, "Sid": "Read"}]})},
        {"s3:GetObject": [f"{BUCKET}/*"]},
    ),
    "insights": (
        {"lambda_insights_layer_arn": LAYER},
        {
            action: [f"{LOGS}:/aws/lambda-insights", f"{LOGS}:/aws/lambda-insights:*"]
            for action in ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
        },
    ),
}

# The longest name, names that differ only in their ends, and those around the limit for cutting.
LONG = "a-function-whose-name-takes-all-of-the-64-characters-that-it-may"
NAMES = ["f", LONG, f"{LONG[:-1]}x", "n" * 54, "n" * 55]


@pytest.fixture(scope="module")
def planned(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The planned roles and their policies, by type and instance."""
    modules = {name: given(name, **variables) for name, (variables, _) in CASES.items()}
    modules |= {f"name{number}": given(name) for number, name in enumerate(NAMES)}
    project = working_copy(tmp_path_factory.mktemp("roles") / "project")
    plan = plan_root(write_modules(project, MODULE, modules))
    return {
        f"{change['type']} {change['module_address'].removeprefix('module.')}": change["change"][
            "after"
        ]
        for change in plan["resource_changes"]
        if change["type"] in ("aws_iam_role", "aws_iam_role_policy")
    }


@pytest.mark.parametrize("name", CASES)
def test_a_role_has_permissions_for_its_log_and_the_enabled_options_only(
    planned: dict[str, Any], name: str
) -> None:
    expected = {
        action: [f"{LOGS}:/aws/lambda/{name}:*"]
        for action in ("logs:CreateLogStream", "logs:PutLogEvents")
    }
    for action, resources in CASES[name][1].items():
        expected[action] = [*expected.get(action, []), *resources]
    assert allowed(planned[f"aws_iam_role_policy {name}"]["policy"]) == expected


def test_only_lambda_can_assume_the_role(planned: dict[str, Any]) -> None:
    [statement] = json.loads(planned["aws_iam_role plain"]["assume_role_policy"])["Statement"]
    assert statement["Action"] == "sts:AssumeRole"
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_the_policy_for_an_existing_role_is_that_of_a_created_one(
    aws: LocalAws, tmp_path: Path
) -> None:
    options = {"dead_letter_arn": QUEUE, "memory_utilization_threshold_percent": 90}
    existing = {"lambda_role_arn": "arn:aws:iam::123456789012:role/path/existing"}
    modules = {"same": given("same", **options), "other": given("same", **options, **existing)}
    plan = plan_root(write_modules(working_copy(tmp_path / "project"), MODULE, modules))
    same, other = (planned_outputs(plan, name) for name in modules)
    assert other["lambda_policy_json"] == same["lambda_policy_json"]
    assert "logs:CreateLogGroup" in allowed(other["lambda_policy_json"])
    assert other["lambda_role_arn"] == existing["lambda_role_arn"]
    assert other["lambda_role_name"] == "existing"
    owned = {change["type"] for change in plan["resource_changes"] if "other" in change["address"]}
    assert not [kind for kind in owned if kind.startswith("aws_iam")]


def test_every_function_name_gives_a_valid_role_name(planned: dict[str, Any]) -> None:
    names = [planned[f"aws_iam_role name{number}"]["name"] for number in range(len(NAMES))]
    assert all(re.fullmatch(r"[A-Za-z0-9+=,.@_-]{1,64}", name) for name in names), names
    assert len(set(names)) == len(NAMES), "no two functions share a role"


def test_no_partition_is_written_out() -> None:
    """Descriptions and patterns that fit every partition apart."""
    files = [*paths.ROOT.glob("*.tf"), *(paths.ROOT / "modules").rglob("*.tf")]
    assert any(file.parent.name == "monitored-lambda" for file in files)
    found = [
        f"{file.relative_to(paths.ROOT)}: {line.strip()}"
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search(r"arn:aws[a-z-]*:", line)
    ]
    assert not found


def test_the_list_of_policies_can_change_in_any_way(aws: LocalAws, tmp_path: Path) -> None:
    iam = aws.client("iam")
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
    }
    arns = {
        name: iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))["Policy"][
            "Arn"
        ]
        for name in ("a", "b", "c")
    }
    project = working_copy(tmp_path / "project")
    for names in ("ab", "b", "cb"):
        policies = [arns[name] for name in names]
        lists = given("lists", additional_iam_policy_arns=policies)
        terraform = Terraform(write_modules(project, MODULE, {"lists": lists}))
        terraform.init()
        terraform.apply()
        role = terraform.output()["lists"]["lambda_role_name"]
        attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        assert {policy["PolicyArn"] for policy in attached} == set(policies)
        assert not terraform.plan()
    terraform.destroy()
