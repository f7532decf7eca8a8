"""Root modules that call DIVA as a user's configuration does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.common.terraform import Terraform

EVENT_LOGIC = """
def get_events():
    return {{"{name}": {{"role": "detect", "detect": lambda name: True}}}}
"""


def write_event_logic(project: Path, name: str) -> None:
    """Write an `event_logic.py` with one event, which is always healthy."""
    path = project / "event_logic.py"
    path.write_text(EVENT_LOGIC.format(name=name), encoding="utf-8")


def plan(project: Path, role_arn: str, modules: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the plan of a root module with these instances, in Terraform's JSON form."""
    return plan_root(write_root(project, role_arn, modules))


def plan_root(folder: Path) -> dict[str, Any]:
    """Return the plan of the root module in `folder`, in Terraform's JSON form."""
    terraform = Terraform(folder)
    terraform.init()
    file = folder / "plan"
    terraform.plan(out=file)
    return terraform.show(file)


def planned_outputs(plan: Mapping[str, Any], instance: str) -> dict[str, Any]:
    """Return the outputs of an instance, as far as the plan knows them."""
    outputs: dict[str, Any] = plan["output_changes"][instance]["after"]
    return outputs


def write_root(project: Path, role_arn: str, modules: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write a root module with an instance of DIVA for each name, and return its directory.

    Required variables have valid values. The outputs of an instance are one output of the root
    module, with the name of the instance.
    """
    required = {"lambda_role_arn": role_arn, "event_logic_path": "../event_logic.py"}
    given = {
        name: {**required, "lambda_name": name, **variables} for name, variables in modules.items()
    }
    return write_modules(project, "../", given)


def write_modules(project: Path, source: str, given: Mapping[str, Mapping[str, Any]]) -> Path:
    """Write a root module that calls `source` for each name, and return its directory."""
    configuration = {
        # Terraform validates constants before it plans, and stops there if one is invalid. Values
        # from variables are validated in the plan, together with everything else.
        "variable": {"given": {"default": given}},
        "module": {
            name: {"source": source}
            | {variable: f"${{var.given.{name}.{variable}}}" for variable in variables}
            for name, variables in given.items()
        },
        "output": {name: {"value": f"${{module.{name}}}"} for name in given},
    }
    folder = project / "root"
    folder.mkdir(exist_ok=True)
    (folder / "main.tf.json").write_text(json.dumps(configuration), encoding="utf-8")
    return folder
