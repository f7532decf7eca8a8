"""The module with several AWS providers: the oldest supported one, 5.100, and the newest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cli.common.terraform import Terraform, TerraformError, working_copy

from .monitored_functions import FIXTURES, MODULE, Subscribers, given, subject
from .roots import write_modules

if TYPE_CHECKING:
    from local_aws import LocalAws

# Version constraints, by their name in the summary of the session.
WANTED = {"5.51.0": "5.51.0", "5.100.0": "5.100.0", "6.x": "~> 6.0"}

# Terraform's errors if a version is not in the mirror, or the registry is not reachable.
NOT_HAD = "Failed to query available provider packages|Failed to install provider"


def test_the_module_works_with_every_available_provider(
    aws: LocalAws, tmp_path: Path, noted: Callable[[str], None]
) -> None:
    ran, missing = [], []
    for number, (called, constraint) in enumerate(WANTED.items()):
        name = f"provider{number}"
        terraform = pinned(tmp_path / name, name, constraint)
        if can_be_had(terraform):
            use(aws, terraform, name)
            ran.append(version_in(terraform.folder))
        else:
            missing.append(called)
    note = f"AWS provider: {', '.join(ran)} ran"
    noted(f"{note}; {', '.join(missing)} not reachable" if missing else note)
    assert ran


def pinned(folder: Path, name: str, constraint: str) -> Terraform:
    """Return Terraform in a root module with a function and a fixed provider version."""
    # The newest Python version that 5.51 supports.
    variables = {
        "python_version": "3.12",
        "lambda_source_dir": str(FIXTURES / "lambda_with_errors"),
        "enable_tracing": True,
        "provisioned_concurrent_executions": 1,
    }
    root = write_modules(working_copy(folder), MODULE, {name: given(name, **variables)})
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


def use(aws: LocalAws, terraform: Terraform, name: str) -> None:
    """Apply, run and destroy a function."""
    terraform.apply()
    assert not terraform.plan(), "a second plan is empty"
    aws.evaluate_alarms()  # every alarm now has a state, and has sent its first notification
    subscribers = Subscribers(aws, name, terraform.output()[name]["sns_topic_arn"])
    assert aws.invoke(name, {}).payload == "well"
    aws.evaluate_alarms()
    assert subscribers.news() == []
    assert aws.invoke(name, {"fail": True}).function_error
    aws.evaluate_alarms()
    assert subscribers.news() == [subject("ALARM", name, "errors-immediate")]
    terraform.destroy()
