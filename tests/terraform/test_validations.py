"""Every value that would fail late is refused by the plan, which says what would be right.

One plan has an instance of DIVA for each case, since Terraform reports what is wrong with all of
them at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.common.terraform import TerraformError, working_copy

from .roots import plan_root, write_event_logic, write_modules, write_root
from .wrong_values import CASES, FUNCTION, FUNCTION_CASES, MONITORED, MONITORED_CASES

RIGHT_SCHEDULES = [
    "rate(1 minute)",
    "rate(12 hours)",
    "rate(1 day)",
    "cron(0 10 * * ? *)",
    "cron(0/5 8-17 ? * MON-FRI *)",
    "cron(15,45 0 L JAN,JUL ? 2030-2040)",
    "cron(0 9 3W * ? *)",
    "cron(0 9 ? * 2#1 *)",
    "cron(0 9 ? * 6L *)",
]
PARTITIONS = ["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc"]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, role_arn: str) -> str:
    """What Terraform says of all cases, in one line."""
    project = copy(tmp_path_factory)
    modules = {
        f"case{number}": {"lambda_name": "case", **variables}
        for number, (variables, _) in enumerate(CASES)
    }
    return refusal(write_root(project, role_arn, modules))


@pytest.fixture(scope="module")
def said_of_functions(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What Terraform says of all cases of modules/lambda-function, in one line."""
    return refused_by("lambda-function", copy(tmp_path_factory), FUNCTION, FUNCTION_CASES)


@pytest.fixture(scope="module")
def said_of_monitored(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What Terraform says of all cases of modules/monitored-lambda, in one line."""
    return refused_by("monitored-lambda", copy(tmp_path_factory), MONITORED, MONITORED_CASES)


def refused_by(
    module: str, project: Path, right: dict[str, Any], cases: list[tuple[dict[str, Any], str]]
) -> str:
    given = {f"case{number}": {**right, **wrong} for number, (wrong, _) in enumerate(cases)}
    return refusal(write_modules(project, f"../modules/{module}", given))


def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = working_copy(tmp_path_factory.mktemp("validations") / "project")
    write_event_logic(project, "first")
    (project / "given.zip").touch()
    return project


def refusal(root: Path) -> str:
    with pytest.raises(TerraformError) as refused:
        plan_root(root)
    return " ".join(refused.value.output.split())


@pytest.mark.parametrize(
    "message", [pytest.param(message, id=message[-40:]) for _, message in CASES]
)
def test_a_wrong_value_is_refused_with_what_would_be_right(said: str, message: str) -> None:
    assert said.count(message) == 1


@pytest.mark.parametrize(
    "message", [pytest.param(message, id=message[-40:]) for _, message in FUNCTION_CASES]
)
def test_a_wrong_value_of_a_function_is_refused_too(said_of_functions: str, message: str) -> None:
    assert said_of_functions.count(message) == 1


@pytest.mark.parametrize(
    "message", [pytest.param(message, id=message[-40:]) for _, message in MONITORED_CASES]
)
def test_a_wrong_value_of_a_monitored_function_too(said_of_monitored: str, message: str) -> None:
    assert said_of_monitored.count(message) == 1


def test_nothing_else_is_refused(said: str, said_of_functions: str, said_of_monitored: str) -> None:
    assert said.count("Error: ") == len(CASES)
    assert said_of_functions.count("Error: ") == len(FUNCTION_CASES)
    assert said_of_monitored.count("Error: ") == len(MONITORED_CASES)


def test_right_values_are_taken(project: Path, role_arn: str) -> None:
    schedules = {
        f"schedule{number}": {"schedule_expression": expression}
        for number, expression in enumerate(RIGHT_SCHEDULES)
    }
    partitions = {
        partition: {
            "lambda_role_arn": f"arn:{partition}:iam::123456789012:role/path/diva",
            "kms_key_arn": f"arn:{partition}:kms:xx-north-1:123456789012:key/mrk-1",
            "log_kms_key_arn": f"arn:{partition}:kms:xx-north-1:123456789012:key/1",
            "alarm_actions": [f"arn:{partition}:sns:xx-north-1:123456789012:alerts.fifo"],
            "dead_letter_arn": f"arn:{partition}:sqs:xx-north-1:123456789012:letters",
            "lambda_layers": [f"arn:{partition}:lambda:xx-north-1:123456789012:layer:Tools_1:12"],
        }
        for partition in PARTITIONS
    }
    planned = plan_root(write_root(project, role_arn, {**schedules, **partitions}))
    assert planned["output_changes"].keys() == {*schedules, *partitions}
