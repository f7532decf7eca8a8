"""What happens to the system that an example watches, period by period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..common.state_location import DynamoDBLocation, S3Location, StateLocation

Outputs = Mapping[str, Any]
"""Terraform's outputs, by name."""


@dataclass(frozen=True, slots=True)
class Step:
    """One period, and what happens to the system right before it."""

    text: str = ""
    commands: tuple[str, ...] = ()
    """Outputs that hold the AWS CLI commands which make it happen."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """An example, and what happens in its periods."""

    example: str
    """The name of a folder in `examples`."""
    steps: tuple[Step, ...]
    rules: Callable[[Outputs], Mapping[str, str]]
    """The rules that start a period, in their order, by the worker each of them starts."""
    location: Callable[[Outputs], StateLocation]
    """Where the state is."""
    has_expiry: bool = False
    """Whether it makes a bucket in which old versions of the state expire."""


SCENARIOS = {
    scenario.example: scenario
    for scenario in (
        Scenario(
            example="monolithic",
            steps=(
                Step("first run: there are no orders yet"),
                Step(),
                Step("the worker stops polling the order queue", ("break_command",)),
                Step("still stopped"),
                Step("still stopped"),
                Step("the worker polls the order queue again", ("repair_command",)),
                Step(),
            ),
            rules=lambda outputs: {"diva": outputs["eventbridge_rule_name"]},
            location=lambda outputs: S3Location(outputs["state_bucket_name"], outputs["state_key"]),
            has_expiry=True,
        ),
        Scenario(
            example="distributed",
            steps=(
                Step("first run: there are no reports yet"),
                Step(),
                Step(
                    "a release drops the invoice report, and the last one expires",
                    ("break_command", "expire_command"),
                ),
                Step("still missing"),
                Step("the next release restores it", ("repair_command",)),
                Step(),
            ),
            rules=lambda outputs: outputs["eventbridge_rule_names"],
            location=lambda outputs: DynamoDBLocation(outputs["dynamodb_table_name"]),
        ),
    )
}


def keep_old_versions(folder: Path) -> None:
    """Let old versions stay that the module `diva` would have expire, in a copy of an example.

    The provider waits 55 seconds for S3 to settle after it has set their expiry.
    """
    override = 'module "diva" {\n  state_version_retention_days = null\n}\n'
    (folder / "expiry_override.tf").write_text(override, encoding="utf-8")
