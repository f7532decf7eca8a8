"""DIVA and monitored functions with several AWS providers: the oldest, 5.100 and the newest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.common.terraform import Terraform, TerraformError, working_copy

from .monitored_functions import FIXTURES, MODULE, Subscribers, given, subject
from .roots import write_event_logic, write_modules, write_root

if TYPE_CHECKING:
    from local_aws import LocalAws

# Version constraints, by their name in the summary of the session.
WANTED = {"5.51.0": "5.51.0", "5.100.0": "5.100.0", "6.x": "~> 6.0"}

# The newest Python version that 5.51 supports.
DIVA: dict[str, Any] = {
    "lambda_runtime": "python3.12",
    "state_version_retention_days": None,
    "alarm_actions": ["arn:aws:sns:us-east-1:123456789012:on-call"],
    "create_dashboard": True,
}
MONITORED: dict[str, Any] = {
    "python_version": "3.12",
    "lambda_source_dir": str(FIXTURES / "lambda_with_errors"),
    "enable_tracing": True,
    "provisioned_concurrent_executions": 1,
}

# Terraform's errors if a version is not in the mirror, or the registry is not reachable.
NOT_HAD = "Failed to query available provider packages|Failed to install provider"


def test_diva_works_with_every_available_provider(
    aws: LocalAws, tmp_path: Path, role_arn: str, noted: Callable[[str], None]
) -> None:
    def write(project: Path, name: str) -> Path:
        write_event_logic(project, "first")
        return write_root(project, role_arn, {name: DIVA})

    def use(terraform: Terraform, name: str) -> None:
        [invocation] = aws.fire(terraform.output()[name]["eventbridge_rule_name"])
        assert invocation.payload["results"] == {"first": "ok"}

    with_every_available_provider(tmp_path, noted, write, use)


def test_monitored_functions_work_with_every_available_provider(
    aws: LocalAws, tmp_path: Path, noted: Callable[[str], None]
) -> None:
    def write(project: Path, name: str) -> Path:
        return write_modules(project, MODULE, {name: given(name, **MONITORED)})

    def use(terraform: Terraform, name: str) -> None:
        # Every alarm now has a state, and has sent its first notification.
        aws.evaluate_alarms()
        subscribers = Subscribers(aws, name, terraform.output()[name]["sns_topic_arn"])
        assert aws.invoke(name, {}).payload == "well"
        aws.evaluate_alarms()
        assert subscribers.news() == []
        assert aws.invoke(name, {"fail": True}).function_error
        aws.evaluate_alarms()
        assert subscribers.news() == [subject("ALARM", name, "errors-immediate")]

    with_every_available_provider(tmp_path, noted, write, use)


def with_every_available_provider(
    folder: Path,
    noted: Callable[[str], None],
    write: Callable[[Path, str], Path],
    use: Callable[[Terraform, str], None],
) -> None:
    """Apply, use and destroy the root module that `write` makes, with each provider."""
    ran, missing = [], []
    for number, (called, constraint) in enumerate(WANTED.items()):
        name = f"provider{number}"
        root = write(working_copy(folder / name), name)
        terraform = pinned(root, constraint)
        if can_be_had(terraform):
            terraform.apply()
            assert not terraform.plan(), "a second plan is empty"
            use(terraform, name)
            terraform.destroy()
            ran.append(version_in(terraform.folder))
        else:
            missing.append(called)
    note = f"AWS provider: {', '.join(ran)} ran"
    noted(f"{note}; {', '.join(missing)} not reachable" if missing else note)
    assert ran


def pinned(root: Path, constraint: str) -> Terraform:
    """Return Terraform in a root module, with a fixed provider version."""
    requirement = {"aws": {"source": "hashicorp/aws", "version": constraint}}
    pin = {"terraform": {"required_providers": requirement}}
    (root / "versions.tf.json").write_text(json.dumps(pin), encoding="utf-8")
    return Terraform(root)


def can_be_had(terraform: Terraform) -> bool:
    """Download the provider, and return whether it is available."""
    try:
        terraform.init()
    except TerraformError as refused:
        if not re.search(NOT_HAD, refused.output):
            raise
        return False
    return True


def version_in(folder: Path) -> str:
    """Return the provider version that Terraform selected."""
    lock = (folder / ".terraform.lock.hcl").read_text(encoding="utf-8")
    [version] = re.findall(r'^\s*version\s*=\s*"([0-9.]+)"', lock, re.MULTILINE)
    return str(version)
