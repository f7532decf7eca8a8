"""What the plan of modules/scheduled-digest has, and the values that it rejects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cli.common.terraform import TerraformError, working_copy

from .roots import plan_root, write_modules

MODULE = "../modules/scheduled-digest"
ACCOUNT = "us-east-1:123456789012"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/digests:v-abc123"
RIGHT: dict[str, Any] = {
    "supabase_url": "https://abc.supabase.co",
    "supabase_service_role_key_arn": f"arn:aws:secretsmanager:{ACCOUNT}:secret:supabase-AbCdEf",
    "backend_digest_endpoint": "https://backend.example.com/api/v1/digest",
    "alarm_emails": ["on-call@example.com"],
}
LONG = "a" * 64
GIVEN: dict[str, dict[str, Any]] = {
    "image": {"image_uri": IMAGE, "function_name": "image"},
    "parameter": {
        "function_name": LONG,
        "supabase_service_role_key_arn": f"arn:aws:ssm:{ACCOUNT}:parameter/supabase",
        "supabase_service_role_key_kms_key_arn": f"arn:aws:kms:{ACCOUNT}:key/1",
        "reserved_concurrent_executions": None,
    },
}
# The repository is created in the same configuration.
UNKNOWN = f"""
resource "aws_ecr_repository" "digests" {{
  name = "digests"
}}

module "template" {{
  source                        = "{MODULE}"
  function_name                 = "template"
  supabase_url                  = "{RIGHT["supabase_url"]}"
  supabase_service_role_key_arn = "{RIGHT["supabase_service_role_key_arn"]}"
  backend_digest_endpoint       = "{RIGHT["backend_digest_endpoint"]}"
  alarm_emails                  = ["on-call@example.com"]
  image_uri                     = "${{aws_ecr_repository.digests.repository_url}}:latest"
}}

module "attribute" {{
  source                        = "{MODULE}"
  function_name                 = "attribute"
  supabase_url                  = "{RIGHT["supabase_url"]}"
  supabase_service_role_key_arn = "{RIGHT["supabase_service_role_key_arn"]}"
  backend_digest_endpoint       = "{RIGHT["backend_digest_endpoint"]}"
  alarm_emails                  = ["on-call@example.com"]
  create_package                = false
  image_uri                     = replace(aws_ecr_repository.digests.repository_url, "/$/", ":1")
}}
"""


@pytest.fixture(scope="module")
def planned(aws: object, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The values of all resources that are created, by address."""
    project = working_copy(tmp_path_factory.mktemp("plan") / "project")
    root = write_modules(project, MODULE, {name: RIGHT | each for name, each in GIVEN.items()})
    (root / "unknown.tf").write_text(UNKNOWN)
    plan = plan_root(root)
    return {each["address"]: each["change"]["after"] for each in plan["resource_changes"]}


def function(planned: Mapping[str, Any], instance: str) -> dict[str, Any]:
    module = f"module.{instance}.module.function.module.function"
    found: dict[str, Any] = planned[f"{module}.aws_lambda_function.this"]
    return found


def has_package(planned: Mapping[str, Any], instance: str) -> bool:
    module = f"module.{instance}.module.function.module.function"
    return f"{module}.terraform_data.package[0]" in planned


def test_an_image_is_deployed_instead_of_a_zip(planned: dict[str, Any]) -> None:
    image, package = function(planned, "image"), function(planned, "parameter")
    assert (image["package_type"], image["image_uri"]) == ("Image", IMAGE)
    assert (image["handler"], image["runtime"], image["filename"]) == (None, None, None)
    assert not has_package(planned, "image")
    assert (package["package_type"], package["image_uri"]) == ("Zip", None)
    assert package["handler"] == "scheduled_digest.lambda_function.lambda_handler"
    assert has_package(planned, "parameter")


def test_an_image_can_be_of_a_repository_in_the_same_configuration(planned: dict[str, Any]) -> None:
    for instance in ("template", "attribute"):
        assert not has_package(planned, instance)
    assert function(planned, "template")["package_type"] == "Image"


def test_names_of_rules_are_cut_to_their_limit(planned: dict[str, Any]) -> None:
    names = [
        planned[f'module.parameter.aws_cloudwatch_event_rule.this["{frequency}"]']["name"]
        for frequency in ("daily", "weekly")
    ]
    prefixes = {name.rpartition("-")[0] for name in names}
    assert len(prefixes) == 1
    assert max(map(len, names)) == 64


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    (
        {
            "supabase_url": "http://abc.supabase.co",
            "supabase_service_role_key_arn": "supabase",
            "backend_digest_endpoint": "backend.example.com",
            "supabase_service_role_key_kms_key_arn": "alias/key",
            "daily_schedule_expression": "0 13 * * *",
            "weekly_schedule_expression": "every week",
            "retention_days": 0,
            "cleanup_limit": 0.5,
            "max_concurrency": 201,
            "log_level": "WARN",
            "ca_certificates_pem": "secret",
            "timeout_sec": 30,
            "subnet_ids": ["subnet-1"],
        },
        [
            "supabase_url must be the HTTPS URL of a project without the path of an API, for"
            ' example https://abcdefghij.supabase.co, but is "http://abc.supabase.co".',
            '(arn:<partition>:ssm:<region>:<account>:parameter/<name>), but is "supabase".',
            "backend_digest_endpoint must be an HTTPS URL, for example"
            ' https://backend.example.com/api/v1/digest, but is "backend.example.com".',
            "supabase_service_role_key_kms_key_arn must be a key ARN",
            "daily_schedule_expression must be an EventBridge schedule, for example"
            ' cron(0 13 * * ? *), but is "0 13 * * *".',
            "weekly_schedule_expression must be an EventBridge schedule, for example"
            ' cron(0 13 ? * MON *), but is "every week".',
            "retention_days must be a whole number from 1 to 36500, but is 0.",
            "cleanup_limit must be a whole number from 1 to 100000, but is 0.5.",
            "max_concurrency must be a whole number from 1 to 200, but is 201.",
            'log_level must be "DEBUG", "INFO", "WARNING" or "ERROR", but is "WARN".',
            'has 6 characters and begins with "secret".',
            "timeout_sec must be a whole number from 60 to 900 (seconds), but is 30.",
            "both be empty or both contain at least one ID, but contain 1 and 0.",
        ],
    ),
    (
        {"supabase_service_role_key_arn": "sb_secret_0123"},
        ["arn:<partition>:ssm:<region>:<account>:parameter/<name>), not the key itself."],
    ),
]


def test_an_invalid_value_is_rejected_with_what_it_must_be(aws: object, tmp_path: Any) -> None:
    project = working_copy(tmp_path / "project")
    given = {f"case{number}": RIGHT | wrong for number, (wrong, _) in enumerate(WRONG)}
    with pytest.raises(TerraformError) as refused:
        plan_root(write_modules(project, MODULE, given))
    # Terraform shows the value of a variable on its own lines, which a key must not be in.
    output = " ".join(refused.value.output.replace("│", " ").split())
    messages = [message for _, each in WRONG for message in each]
    assert [message for message in messages if message not in output] == [], output
    assert output.count("Error: Invalid value for variable") == len(messages), output
