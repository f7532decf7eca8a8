"""Values that would fail the apply already fail the plan, with what they must be.

One plan has an instance of the module for each case, since Terraform reports all errors at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.common.terraform import TerraformError, working_copy

from .roots import plan_root, write_event_logic, write_modules, write_root
from .wrong_values.diva import CASES
from .wrong_values.forwarders import DYNATRACE, DYNATRACE_CASES, SPLUNK, SPLUNK_CASES
from .wrong_values.function import FUNCTION, FUNCTION_CASES
from .wrong_values.monitored import MONITORED, MONITORED_CASES

VALID_SCHEDULES = [
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
def output(tmp_path_factory: pytest.TempPathFactory, role_arn: str) -> str:
    """Terraform's output for all cases, in one line."""
    project = copy(tmp_path_factory)
    modules = {
        f"case{number}": {"lambda_name": "case", **variables}
        for number, (variables, _) in enumerate(CASES)
    }
    return plan_errors(write_root(project, role_arn, modules))


@pytest.fixture(scope="module")
def function_output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Terraform's output for all cases of modules/lambda-function, in one line."""
    return errors_of("lambda-function", copy(tmp_path_factory), FUNCTION, FUNCTION_CASES)


@pytest.fixture(scope="module")
def monitored_output(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Terraform's output for all cases of modules/monitored-lambda, in one line."""
    return errors_of("monitored-lambda", copy(tmp_path_factory), MONITORED, MONITORED_CASES)


@pytest.fixture(scope="module", params=["splunk-forwarder", "dynatrace-sync"])
def forwarder(request: pytest.FixtureRequest) -> str:
    """The name of a module that forwards to another system."""
    return str(request.param)


FORWARDERS = {
    "splunk-forwarder": (SPLUNK, SPLUNK_CASES),
    "dynatrace-sync": (DYNATRACE, DYNATRACE_CASES),
}


@pytest.fixture(scope="module")
def forwarder_output(tmp_path_factory: pytest.TempPathFactory, forwarder: str) -> str:
    """Terraform's output for all cases of a module that forwards to another system."""
    return errors_of(forwarder, copy(tmp_path_factory), *FORWARDERS[forwarder])


def errors_of(
    module: str, project: Path, right: dict[str, Any], cases: list[tuple[dict[str, Any], str]]
) -> str:
    given = {f"case{number}": {**right, **wrong} for number, (wrong, _) in enumerate(cases)}
    return plan_errors(write_modules(project, f"../modules/{module}", given))


def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = working_copy(tmp_path_factory.mktemp("validations") / "project")
    write_event_logic(project, "first")
    (project / "given.zip").touch()
    return project


def plan_errors(root: Path) -> str:
    with pytest.raises(TerraformError) as refused:
        plan_root(root)
    return " ".join(refused.value.output.split())


@pytest.mark.parametrize(
    "message", [pytest.param(message, id=message[-40:]) for _, message in CASES]
)
def test_an_invalid_value_is_rejected_with_what_it_must_be(output: str, message: str) -> None:
    assert output.count(message) == 1


@pytest.mark.parametrize(
    "message", [pytest.param(message, id=message[-40:]) for _, message in FUNCTION_CASES]
)
def test_an_invalid_value_of_lambda_function_is_rejected(
    function_output: str, message: str
) -> None:
    assert function_output.count(message) == 1


@pytest.mark.parametrize(
    "message", [pytest.param(message, id=message[-40:]) for _, message in MONITORED_CASES]
)
def test_an_invalid_value_of_monitored_lambda_is_rejected(
    monitored_output: str, message: str
) -> None:
    assert monitored_output.count(message) == 1


def test_invalid_values_of_the_forwarders_are_rejected(
    forwarder: str, forwarder_output: str
) -> None:
    messages = [message for _, message in FORWARDERS[forwarder][1]]
    assert [each for each in messages if forwarder_output.count(each) != 1] == []
    assert forwarder_output.count("Error: ") == len(messages)


def test_nothing_else_is_rejected(output: str, function_output: str, monitored_output: str) -> None:
    assert output.count("Error: ") == len(CASES)
    assert function_output.count("Error: ") == len(FUNCTION_CASES)
    assert monitored_output.count("Error: ") == len(MONITORED_CASES)


def test_valid_values_are_accepted(project: Path, role_arn: str) -> None:
    schedules = {
        f"schedule{number}": {"schedule_expression": expression}
        for number, expression in enumerate(VALID_SCHEDULES)
    }
    partitions = {
        partition: {
            "lambda_role_arn": f"arn:{partition}:iam::123456789012:role/path/diva",
            "kms_key_arn": f"arn:{partition}:kms:xx-north-1:123456789012:key/mrk-1",
            "log_kms_key_arn": f"arn:{partition}:kms:xx-north-1:123456789012:key/1",
            "alarm_actions": [f"arn:{partition}:sns:xx-north-1:123456789012:alerts.fifo"],
            "dead_letter_arn": f"arn:{partition}:sqs:xx-north-1:123456789012:letters",
            "lambda_layers": [f"arn:{partition}:lambda:xx-north-1:123456789012:layer:Tools_1:12"],
            "code_signing_config_arn": f"arn:{partition}:lambda:xx-north-1:123456789012"
            ":code-signing-config:csc-0123456789abcdef0",
        }
        for partition in PARTITIONS
    }
    planned = plan_root(write_root(project, role_arn, {**schedules, **partitions}))
    assert planned["output_changes"].keys() == {*schedules, *partitions}
