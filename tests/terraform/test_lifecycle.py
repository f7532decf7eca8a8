"""The lifecycle of a function: applied, edited, reconfigured, destroyed."""

from __future__ import annotations

import shutil
import zipfile
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.common.terraform import Terraform, TerraformError

from .roots import write_event_logic, write_root

if TYPE_CHECKING:
    from local_aws import LocalAws

# Noncurrent versions do not expire, since the provider takes a minute to configure that.
MODES: dict[str, dict[str, Any]] = {
    "monolithic": {"state_version_retention_days": None},
    "distributed": {"diva_mode": "distributed"},
}
# Existing state, which saves creating it in tests that do not use it.
STATELESS = {"diva_mode": "distributed", "dynamodb_table_name": "elsewhere"}


@pytest.mark.parametrize("mode", MODES)
def test_from_first_apply_to_destroy(
    aws: LocalAws, project: Path, role_arn: str, mode: str
) -> None:
    before = left(aws)
    terraform = Terraform(write_root(project, role_arn, {"probe": MODES[mode]}))
    terraform.init()

    terraform.apply()
    outputs = terraform.output()["probe"]
    assert events(aws, outputs) == {"first": "ok"}
    assert not terraform.plan(), "a second plan is empty"

    write_event_logic(project, "second")
    assert terraform.plan()
    terraform.apply()
    assert events(aws, outputs) == {"second": "ok"}

    shutil.rmtree(terraform.folder / ".build")
    assert not terraform.plan(), "a deleted build directory changes nothing"

    write_root(project, role_arn, {"probe": {**MODES[mode], "lambda_memory_mb": 256}})
    terraform.apply()
    function = aws.client("lambda").get_function_configuration(
        FunctionName=outputs["lambda_function_name"]
    )
    assert function["MemorySize"] == 256
    assert not (terraform.folder / ".build").exists(), "a change of configuration builds nothing"
    assert events(aws, outputs) == {"second": "ok"}

    (project / "event_logic.py").unlink()
    with pytest.raises(TerraformError) as missing:
        terraform.plan()
    assert 'The source "../event_logic.py" of probe' in " ".join(missing.value.output.split())
    terraform.destroy()
    assert left(aws) == before


def test_a_plan_made_before_an_edit_deploys_nothing(
    aws: LocalAws, project: Path, role_arn: str
) -> None:
    terraform = Terraform(write_root(project, role_arn, {"edited": STATELESS}))
    terraform.init()
    terraform.apply()
    before = code(aws, "edited")
    write_event_logic(project, "planned")
    plan = project / "plan"
    terraform.plan(out=plan)
    write_event_logic(project, "slipped_in")
    with pytest.raises(TerraformError):
        terraform.apply(plan=plan)
    assert code(aws, "edited") == before
    terraform.destroy()


def test_a_package_built_elsewhere_is_deployed_without_python(
    aws: LocalAws, project: Path, role_arn: str
) -> None:
    (project / "event_logic.py").unlink()
    given = project / "given.zip"
    variables = {
        **STATELESS,
        "package_path": "../given.zip",
        "python_executable": "python-of-nowhere",
    }
    terraform = Terraform(write_root(project, role_arn, {"given": variables}))
    terraform.init()
    write_package(given, "first")
    terraform.apply()
    assert code(aws, "given") == b64encode(sha256(given.read_bytes()).digest()).decode()
    assert not terraform.plan(), "a second plan is empty"
    write_package(given, "second")
    assert terraform.plan()
    given.unlink()
    terraform.destroy()


def test_a_failed_build_says_why(project: Path, role_arn: str) -> None:
    broken = project / "broken.py"
    broken.write_text("def get_events():\n    return {\n", encoding="utf-8")
    modules = {
        "broken": {**STATELESS, "event_logic_path": "../broken.py"},
        "unbuilt": {**STATELESS, "python_executable": "python-of-nowhere"},
    }
    terraform = Terraform(write_root(project, role_arn, modules))
    terraform.init()
    with pytest.raises(TerraformError) as stopped:
        terraform.apply()
    text = " ".join(stopped.value.output.split())
    assert "../broken.py, line 2: '{' was never closed" in text
    assert '"python-of-nowhere": executable file not found in $PATH' in text
    terraform.destroy()


def events(aws: LocalAws, outputs: dict[str, Any]) -> dict[str, str]:
    """Run a period and return the status of each event."""
    [invocation] = aws.fire(outputs["eventbridge_rule_name"])
    assert invocation.function_error is None, invocation.log_tail
    results: dict[str, str] = invocation.payload["results"]
    return results


def write_package(path: Path, content: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("event_logic.py", content)


def code(aws: LocalAws, name: str) -> str:
    """Return the hash of the deployed code."""
    function = aws.client("lambda").get_function_configuration(FunctionName=name)
    return str(function["CodeSha256"])


def left(aws: LocalAws) -> list[str]:
    """Return the names of all resources that the module could have created."""
    return [
        *(
            function["FunctionName"]
            for function in aws.client("lambda").list_functions()["Functions"]
        ),
        *(bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]),
        *aws.client("dynamodb").list_tables()["TableNames"],
        *(rule["Name"] for rule in aws.client("events").list_rules()["Rules"]),
        *(group["logGroupName"] for group in aws.client("logs").describe_log_groups()["logGroups"]),
    ]
