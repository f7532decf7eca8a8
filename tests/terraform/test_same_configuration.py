"""Modules with values from resources of the same configuration, unknown at the first plan."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hcl2
import pytest

from cli.common import paths
from cli.common.terraform import Terraform, working_copy

if TYPE_CHECKING:
    from local_aws import LocalAws

ROOT = Path(__file__).parent / "same_configuration"
PROCESSOR_ROOT = Path(__file__).parent / "same_configuration_processor"

# The variables that must be known at plan time, besides numbers and switches: what decides how the
# package is built, and what exists.
PACKAGE = {"requirements_path", "python_executable"}
KNOWN = {
    ".": PACKAGE
    | {"event_logic_path", "extra_source_paths", "lambda_runtime", "lambda_architecture"}
    | {"diva_mode", "worker_role", "schedule_expression", "maintenance_windows"}
    | {"lambda_log_level", "lambda_log_format"},
    "modules/lambda-function": PACKAGE
    | {"source_dir", "source_roots", "sources", "source_excludes", "package_s3_bucket_variable"}
    | {"handler", "runtime", "architecture"}
    | {"alert_strategy", "log_level", "log_format", "application_log_level", "system_log_level"},
    "modules/monitored-lambda": {"lambda_source_dir", "source_roots", "source_excludes"}
    | {"requirements_file", "handler", "python_version", "architecture", "python_executable"}
    | {"alert_strategy", "alarm_emails"}
    | {"log_format", "application_log_level", "system_log_level"},
    "modules/s3-event-processor": {"lambda_source_dir", "lambda_handler", "lambda_runtime"}
    | {"step_functions_schedule_expression", "step_functions_log_level"},
    "modules/splunk-forwarder": {"alarm_emails", "python_executable"},
    "modules/dynatrace-sync": {"alarm_emails", "python_executable"},
}


@pytest.fixture(scope="module")
def applied(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    project = working_copy(tmp_path_factory.mktemp("same") / "project")
    folder = project / ROOT.relative_to(paths.ROOT)
    shutil.copytree(ROOT, folder)
    shutil.copytree(ROOT.parent / "monitored", folder.parent / "monitored")
    terraform = Terraform(folder)
    terraform.init()
    terraform.apply()
    return terraform


def test_everything_is_created_in_one_apply_and_works(aws: LocalAws, applied: Terraform) -> None:
    outputs = applied.output()
    for mode in ("monolithic", "distributed"):
        for name in (mode, f"created-{mode}"):
            [run] = aws.fire(f"{name}-schedule")
            assert run.payload["results"] == {"orders": "ok"}
    for name in ("prebuilt", "function", "monitored"):
        assert aws.invoke(name, {}).function_error is None
    assert outputs["monolithic"]["state_bucket_name"] == "same-configuration"
    assert outputs["distributed"]["dynamodb_table_name"] == "same-configuration"
    assert len(packages(aws)) == 3


def test_a_further_alarm_has_the_metric_of_the_function(aws: LocalAws, applied: Terraform) -> None:
    found = aws.client("cloudwatch").describe_alarms(AlarmNames=["function-orders"])
    [alarm] = found["MetricAlarms"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("Orders", "same-configuration")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": "function"}]
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Maximum", 60, 1)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 1)
    assert alarm["TreatMissingData"] == "notBreaching"


def test_a_second_plan_is_empty(applied: Terraform) -> None:
    assert not applied.plan()


def test_a_processor_and_its_forwarders_are_planned(aws: LocalAws, tmp_path: Path) -> None:
    project = working_copy(tmp_path / "project")
    for root in (PROCESSOR_ROOT, ROOT):
        shutil.copytree(root, project / root.relative_to(paths.ROOT))
    terraform = Terraform(project / PROCESSOR_ROOT.relative_to(paths.ROOT))
    terraform.init()
    assert terraform.plan()


@pytest.mark.parametrize("module", KNOWN)
def test_every_other_variable_comes_from_a_resource(module: str) -> None:
    variables = hcl2.loads((paths.ROOT / module / "variables.tf").read_text())["variable"]
    others = {
        name.strip('"')
        for block in variables
        for name, variable in block.items()
        if variable["type"].strip("${}") not in ("bool", "number")
    } - KNOWN[module]
    from_resources = {
        name
        for root in (ROOT, PROCESSOR_ROOT)
        for block in hcl2.loads((root / "main.tf").read_text())["module"]
        for call in block.values()
        if (root / call["source"].strip('"')).resolve() == (paths.ROOT / module).resolve()
        for name, value in call.items()
        if mentions_a_resource(str(value))
    }
    assert others <= from_resources, "add these to a main.tf of same_configuration, or to KNOWN"


def mentions_a_resource(expression: str) -> bool:
    return any(each in expression for each in ("aws_", "terraform_data.", "local.vpc", "module."))


def packages(aws: LocalAws) -> list[dict[str, Any]]:
    listed = aws.client("s3").list_objects_v2(Bucket="same-configuration")
    return [each for each in listed["Contents"] if each["Key"].endswith(".zip")]
