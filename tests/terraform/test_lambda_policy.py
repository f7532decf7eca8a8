"""The policy for the execution role, in each configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .roots import plan, planned_outputs

ACCOUNT = "123456789012"
HERE = f"us-east-1:{ACCOUNT}"
LETTERS = f"arn:aws:sqs:{HERE}:letters"
KEY = f"arn:aws:kms:{HERE}:key/0a1b2c3d"

BUCKET = f"arn:aws:s3:::diva-monolithic-{ACCOUNT}-us-east-1/diva/monolithic/state.json"
MONOLITHIC = {
    "logs:CreateLogStream": [f"arn:aws:logs:{HERE}:log-group:/aws/lambda/monolithic:*"],
    "logs:PutLogEvents": [f"arn:aws:logs:{HERE}:log-group:/aws/lambda/monolithic:*"],
    "s3:GetObject": [BUCKET],
    "s3:PutObject": [BUCKET, f"{BUCKET}.corrupt-*"],
}
DISTRIBUTED = {
    "logs:CreateLogStream": [f"arn:aws:logs:{HERE}:log-group:/aws/lambda/distributed:*"],
    "logs:PutLogEvents": [f"arn:aws:logs:{HERE}:log-group:/aws/lambda/distributed:*"],
    "dynamodb:GetItem": [f"arn:aws:dynamodb:{HERE}:table/distributed-state"],
    "dynamodb:UpdateItem": [f"arn:aws:dynamodb:{HERE}:table/distributed-state"],
}
VPC = {"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}
CASES: dict[str, tuple[dict[str, Any], dict[str, list[str]]]] = {
    "monolithic": ({}, MONOLITHIC),
    "distributed": ({"diva_mode": "distributed"}, DISTRIBUTED),
    "shared_bucket": (
        {"lambda_name": "monolithic", "s3_bucket_name": "shared", "state_key": "a/b.json"},
        MONOLITHIC
        | {
            "s3:GetObject": ["arn:aws:s3:::shared/a/b.json"],
            "s3:PutObject": [
                "arn:aws:s3:::shared/a/b.json",
                "arn:aws:s3:::shared/a/b.json.corrupt-*",
            ],
        },
    ),
    "shared_table": (
        {
            "lambda_name": "distributed",
            "diva_mode": "distributed",
            "dynamodb_table_name": "shared",
        },
        DISTRIBUTED
        | {
            "dynamodb:GetItem": [f"arn:aws:dynamodb:{HERE}:table/shared"],
            "dynamodb:UpdateItem": [f"arn:aws:dynamodb:{HERE}:table/shared"],
        },
    ),
    "bucket_with_key": (
        {"lambda_name": "monolithic", "kms_key_arn": KEY},
        MONOLITHIC | {"kms:Decrypt": [KEY], "kms:GenerateDataKey": [KEY]},
    ),
    "table_with_key": (
        {"lambda_name": "distributed", "diva_mode": "distributed", "kms_key_arn": KEY},
        DISTRIBUTED | {"kms:Decrypt": [KEY]},
    ),
    "dead_letters": (
        {"lambda_name": "monolithic", "dead_letter_arn": LETTERS},
        MONOLITHIC | {"sqs:SendMessage": [LETTERS]},
    ),
    "vpc": (
        {"lambda_name": "monolithic", "lambda_vpc_config": VPC},
        MONOLITHIC
        | {
            "ec2:CreateNetworkInterface": ["*"],
            "ec2:DeleteNetworkInterface": ["*"],
            "ec2:DescribeNetworkInterfaces": ["*"],
        },
    ),
    "tracing": (
        {"lambda_name": "monolithic", "enable_tracing": True},
        MONOLITHIC | {"xray:PutTelemetryRecords": ["*"], "xray:PutTraceSegments": ["*"]},
    ),
}


def test_the_policy_allows_what_a_configuration_needs_and_nothing_else(
    project: Path, role_arn: str
) -> None:
    modules = {name: variables for name, (variables, _) in CASES.items()}
    planned = plan(project, role_arn, modules)
    found = {name: allowed(planned_outputs(planned, name)["lambda_policy_json"]) for name in CASES}
    assert found == {name: expected for name, (_, expected) in CASES.items()}


def allowed(policy: str) -> dict[str, list[str]]:
    """Return the resources that each action is allowed on."""
    actions: dict[str, list[str]] = {}
    for statement in json.loads(policy)["Statement"]:
        assert statement["Effect"] == "Allow"
        for action in statement["Action"]:
            actions.setdefault(action, []).extend(statement["Resource"])
    return actions
