"""What the plan of an S3 event processor has, by its variables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.common.terraform import working_copy

from .roots import plan_root, planned_outputs, write_modules

FORWARDER = "arn:aws:lambda:us-east-1:123456789012:function:forward"
EXISTING = {"create_bucket": False, "existing_bucket_id": "documents"}
WRITING = [{"Effect": "Allow", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::*"}]
CASES: dict[str, dict[str, Any]] = {
    "plain": EXISTING,
    "writes": {**EXISTING, "lambda_additional_policies": WRITING},
    "writes_elsewhere": {
        **EXISTING,
        "lambda_additional_policies": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::results/*"},
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::documents-2/*"},
            {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]},
            {"Effect": "Deny", "NotAction": "s3:GetObject", "Resource": "*"},
        ],
    },
    "writes_all_objects": {
        **EXISTING,
        "lambda_additional_policies": [
            {
                "Effect": "Allow",
                "Action": "s3:PutObject*",
                "Resource": "arn:aws:s3:::doc*/results/*",
            },
        ],
    },
    "writes_not_less": {
        **EXISTING,
        "lambda_additional_policies": [
            {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::results/*"},
        ],
    },
    "filtered": {
        **EXISTING,
        "lambda_additional_policies": WRITING,
        "s3_key_prefixes": ["in/", "a*b/"],
        "s3_key_suffixes": [".csv"],
    },
    "given_arns": {
        **EXISTING,
        "dynatrace_sync_lambda_arn": FORWARDER,
        "splunk_forwarder_lambda_arn": FORWARDER,
        "create_alarms": False,
    },
    "switched_off": {
        **EXISTING,
        "dynatrace_sync_lambda_arn": FORWARDER,
        "splunk_forwarder_lambda_arn": FORWARDER,
        "enable_dynatrace_integration": False,
        "enable_splunk_integration": False,
    },
    "often": {
        **EXISTING,
        "step_functions_schedule_expression": "rate(20 seconds)",
        "sqs_visibility_timeout_seconds": 3600,
        "step_functions_max_concurrency": 20,
    },
    "forgetful": {**EXISTING, "sqs_message_retention_seconds": 4 * (278 + 30) - 1},
    "hoarding": {**EXISTING, "sqs_message_retention_seconds": 1209600},
    "managed": {**EXISTING, "manage_bucket_notifications": True},
    "mailing": {
        **EXISTING,
        "smtp": {
            "host": "2001:db8::25",
            "port": 465,
            "from": "Alarms <alarms@example.com>",
            "to": ["on-call@example.com"],
            "starttls": False,
            "subnet_ids": ["subnet-1"],
            "security_group_ids": ["sg-1"],
        },
    },
    "long_names": {**EXISTING, "name_prefix": "p" * 40, "lambda_function_name": "f" * 60},
}


@pytest.fixture(scope="module")
def plan(aws: object, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = working_copy(tmp_path_factory.mktemp("processor") / "project")
    source = project / "source"
    source.mkdir()
    (source / "main.py").write_text("def handler(event, context): ...\n", encoding="utf-8")
    right = {
        "lambda_function_name": "process",
        "lambda_handler": "main.handler",
        "lambda_source_dir": str(Path("..") / "source"),
    }
    given = {
        name: {"name_prefix": name.replace("_", "-"), **right, **variables}
        for name, variables in CASES.items()
    }
    return plan_root(write_modules(project, "../modules/s3-event-processor", given))


def resources(plan: Mapping[str, Any], case: str, kind: str) -> dict[str, dict[str, Any]]:
    """Return what the plan knows of the resources of one type, by name and key."""
    prefix = f"module.{case}.{kind}."
    return {
        change["address"].removeprefix(prefix): change["change"]["after"]
        for change in plan["resource_changes"]
        if change["address"].startswith(prefix)
    }


def warned(plan: Mapping[str, Any], check: str) -> set[str]:
    """Return the instances for which a check fails."""
    return {
        each["address"]["module"].removeprefix("module.")
        for each in plan["checks"]
        if each["address"].get("name") == check and each["status"] == "fail"
    }


def test_a_function_that_may_write_to_the_bucket_without_filters_is_a_warning(
    plan: dict[str, Any],
) -> None:
    assert warned(plan, "output_to_the_same_bucket") == {
        "writes",
        "writes_all_objects",
        "writes_not_less",
    }


def test_more_concurrency_than_a_lane_can_use_is_a_warning(plan: dict[str, Any]) -> None:
    assert warned(plan, "map_concurrency") == {"often"}


def test_a_visibility_timeout_that_is_long_enough_is_kept(plan: dict[str, Any]) -> None:
    assert not warned(plan, "visibility_timeout")
    assert planned_outputs(plan, "often")["visibility_timeout_seconds"] == 3600
    # (3 - 1) × 1 + 3 × (60 + 10) + 2 + 4 + 60
    assert planned_outputs(plan, "plain")["visibility_timeout_seconds"] == 278


def test_a_message_that_could_expire_before_it_is_buried_or_right_after_is_a_warning(
    plan: dict[str, Any],
) -> None:
    assert warned(plan, "message_retention") == {"forgetful", "hoarding"}


def test_a_schedule_of_seconds_is_one_of_a_minute(plan: dict[str, Any]) -> None:
    rules = resources(plan, "often", "aws_cloudwatch_event_rule")
    assert rules["schedule"]["schedule_expression"] == "rate(1 minute)"


def test_keys_are_filtered_by_prefix_and_suffix(plan: dict[str, Any]) -> None:
    def pattern(case: str) -> Any:
        rule = resources(plan, case, "aws_cloudwatch_event_rule")["objects"]
        return json.loads(rule["event_pattern"])["detail"]

    assert pattern("plain") == {"bucket": {"name": ["documents"]}}
    wildcards = [{"wildcard": "in/*.csv"}, {"wildcard": "a\\*b/*.csv"}]
    assert pattern("filtered")["object"]["key"] == wildcards


@pytest.mark.parametrize(("case", "count"), [("plain", 0), ("given_arns", 1), ("switched_off", 0)])
def test_integrations_are_on_where_an_arn_is_given(
    plan: dict[str, Any], case: str, count: int
) -> None:
    filters = resources(plan, case, "aws_cloudwatch_log_subscription_filter")
    assert len(filters) == 2 * count
    targets = resources(plan, case, "aws_cloudwatch_event_target")
    assert ("dynatrace[0]" in targets) == bool(count)
    assert len(resources(plan, case, "terraform_data")) - count == 1


def test_alarms_can_be_left_out(plan: dict[str, Any]) -> None:
    assert resources(plan, "given_arns", "aws_cloudwatch_metric_alarm") == {}
    assert len(resources(plan, "plain", "aws_cloudwatch_metric_alarm")) == 9


def test_the_mailer_gets_what_it_needs_for_the_server_and_is_watched(plan: dict[str, Any]) -> None:
    [mailer] = resources(plan, "mailing", "module.mailer[0].aws_lambda_function").values()
    assert mailer["environment"][0]["variables"] == {
        "SMTP_HOST": "2001:db8::25",
        "SMTP_PORT": "465",
        "SMTP_FROM": "Alarms <alarms@example.com>",
        "SMTP_TO": json.dumps(["on-call@example.com"]),
        "SMTP_STARTTLS": "false",
    }
    assert mailer["vpc_config"][0]["subnet_ids"] == ["subnet-1"]
    assert mailer["vpc_config"][0]["security_group_ids"] == ["sg-1"]
    alarms = resources(plan, "mailing", "aws_cloudwatch_metric_alarm")
    assert 'this["undelivered-alerts"]' in alarms


def test_an_existing_bucket_is_left_alone_unless_asked(plan: dict[str, Any]) -> None:
    assert resources(plan, "plain", "aws_s3_bucket_notification") == {}
    [notification] = resources(plan, "managed", "aws_s3_bucket_notification").values()
    assert (notification["bucket"], notification["eventbridge"]) == ("documents", True)
    assert resources(plan, "managed", "aws_s3_bucket") == {}


def test_only_services_on_behalf_of_the_account_can_assume_the_roles(plan: dict[str, Any]) -> None:
    roles = resources(plan, "plain", "aws_iam_role")
    for name in ("state_machine", "schedule"):
        [statement] = json.loads(roles[name]["assume_role_policy"])["Statement"]
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_long_names_are_cut(plan: dict[str, Any]) -> None:
    names = {
        *(each["name"] for each in resources(plan, "long_names", "aws_iam_role").values()),
        *(each["name"] for each in resources(plan, "long_names", "aws_sqs_queue").values()),
        resources(plan, "long_names", "aws_sfn_state_machine")["this"]["name"],
        planned_outputs(plan, "long_names")["lambda_function_name"],
    }
    assert len(names) == 3 + 5 + 1 + 1
    limits = {name: 80 if "dlq" in name or "events" in name else 64 for name in names}
    assert all(len(name) <= limits[name] for name in names), names
