"""The migration page: functions that another module deployed become monitored functions."""

from __future__ import annotations

import re
import shutil
import textwrap
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.common import paths
from cli.common.terraform import Terraform, working_copy

from .monitored_functions import FIXTURES, alarms

if TYPE_CHECKING:
    from local_aws import LocalAws

NAMES = ("invoices", "webhooks")
PAGE = paths.ROOT / "modules" / "monitored-lambda" / "MIGRATING.md"
BEFORE = Path(__file__).parent / "migration"

# Neither data nor anything that is referred to from outside is in these.
MAY_BE_DESTROYED = {"aws_iam_role_policy", "aws_s3_bucket", "aws_s3_object"}


@dataclass(frozen=True, slots=True)
class Migration:
    """What there was before, and the plan and the state of the migration."""

    functions: dict[str, Any]
    alarms: dict[str, dict[str, Any]]
    subscriptions: list[Any]
    planned: list[dict[str, Any]]
    second_plan_has_changes: bool


def code_of_the_page(role_names: dict[str, str]) -> str:
    """Return the page's module block, and the same for a function with other options."""
    [block] = re.findall(r"```hcl\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    block, replaced = re.subn(
        r'role_name = "invoices-\d+"', f'role_name = "{role_names["invoices"]}"', block
    )
    assert replaced == 1
    invoices = textwrap.dedent(block)
    assert "duration_threshold_percent = null" in invoices
    webhooks = (
        invoices.replace(role_names["invoices"], role_names["webhooks"])
        .replace("invoices", "webhooks")
        .replace(
            "duration_threshold_percent = null",
            "duration_threshold_percent = 80\n"
            "  memory_utilization_threshold_percent = 90\n"
            "  lambda_insights_layer_arn = var.layer_arn\n"
            '  alert_strategy = "threshold"\n'
            "  count = 1",
        )
    )
    variables = 'variable "layer_arn" {}\nvariable "package_path" {}\n'
    return variables + invoices + webhooks


@pytest.fixture(scope="module")
def migration(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Migration:
    folder = tmp_path_factory.mktemp("migration")
    package = folder / "before.zip"
    with zipfile.ZipFile(package, "w") as archive:
        code = "def lambda_handler(event, context):\n    print('before')\n    return 'before'\n"
        archive.writestr("main.py", code)
    layer = aws.client("lambda").publish_layer_version(
        LayerName="insights", Content={"ZipFile": b"PK\x05\x06" + bytes(18)}
    )
    variables = {"layer_arn": layer["LayerVersionArn"], "package_path": str(package)}
    root = working_copy(folder / "project") / "examples" / "migration"
    shutil.copytree(BEFORE, root)
    for name in NAMES:
        shutil.copytree(FIXTURES / "lambda_with_errors", root / name)
    terraform = Terraform(root)
    terraform.init()
    terraform.apply(variables)
    for name in NAMES:
        assert aws.invoke(name, {}).payload == "before"
    aws.evaluate_alarms()
    functions = {name: function(aws, name) for name in NAMES}
    alarms_before = {name: alarms(aws, name) for name in NAMES}
    subscriptions = subscriptions_of(aws)

    (root / "main.tf").write_text(code_of_the_page(terraform.output()["role_names"]), "utf-8")
    terraform.init()
    assert terraform.plan(variables, out=root / "plan")
    planned = terraform.show(root / "plan")["resource_changes"]
    terraform.apply(plan=root / "plan")
    changes = terraform.plan(variables)
    return Migration(functions, alarms_before, subscriptions, planned, changes)


def test_nothing_that_holds_data_is_destroyed(migration: Migration) -> None:
    destroyed = [each for each in migration.planned if "delete" in each["change"]["actions"]]
    assert {change["type"] for change in destroyed} == MAY_BE_DESTROYED


def test_a_second_plan_is_empty(migration: Migration) -> None:
    assert not migration.second_plan_has_changes


@pytest.mark.parametrize("name", NAMES)
def test_the_function_runs_the_new_code_with_the_same_role(
    aws: LocalAws, migration: Migration, name: str
) -> None:
    before, after = migration.functions[name], function(aws, name)
    for kept in ("FunctionArn", "Role", "Runtime", "Architectures", "Handler"):
        assert after[kept] == before[kept]
    role = after["Role"].rpartition("/")[2]
    iam = aws.client("iam")
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == ["function"]
    [attached] = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert attached["PolicyName"] == "read-orders"
    with aws.enforcing_iam():
        assert aws.invoke(name, {}).payload == "well"


@pytest.mark.parametrize("name", NAMES)
def test_the_logs_are_kept(aws: LocalAws, migration: Migration, name: str) -> None:
    events = aws.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
    assert "before" in [event["message"].strip() for event in events]


def test_the_alarms_and_their_subscriptions_are_kept(aws: LocalAws, migration: Migration) -> None:
    after = {name: alarms(aws, name) for name in NAMES}
    assert set(after["invoices"]) == {"errors-immediate", "throttles"}
    assert set(after["webhooks"]) == {"errors-threshold", "throttles", "duration", "memory"}
    for kept in ("AlarmArn", "StateUpdatedTimestamp", "AlarmActions"):
        assert values(after, kept) == values(migration.alarms, kept)
    assert subscriptions_of(aws) == migration.subscriptions


def function(aws: LocalAws, name: str) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("lambda").get_function_configuration(FunctionName=name)
    return found


def values(found: dict[str, dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {
        name: {about: alarm[key] for about, alarm in by_type.items()}
        for name, by_type in found.items()
    }


def subscriptions_of(aws: LocalAws) -> list[Any]:
    found = aws.client("sns").list_subscriptions()["Subscriptions"]
    return sorted((each["SubscriptionArn"], each["Endpoint"]) for each in found)
