"""The examples that tell a story: what happens to the systems they watch, period by period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..common.state_location import DynamoDBLocation, S3Location, StateLocation

Outputs = Mapping[str, Any]
"""Terraform's outputs, by name."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One period, and what happens to the world right before it."""

    text: str = ""
    commands: tuple[str, ...] = ()
    """Outputs that hold the AWS CLI commands which make it happen."""


@dataclass(frozen=True, slots=True)
class Example:
    """A folder below `examples`, and its story."""

    name: str
    chapters: tuple[Chapter, ...]
    rules: Callable[[Outputs], Mapping[str, str]]
    """The rules that start a period, in their order, by the worker each of them starts."""
    location: Callable[[Outputs], StateLocation]
    """Where the state is."""
    has_expiry: bool = False
    """Whether it makes a bucket in which old versions of the state expire."""


EXAMPLES = {
    example.name: example
    for example in (
        Example(
            name="monolithic",
            chapters=(
                Chapter("all is new: no order came yet"),
                Chapter(),
                Chapter("the worker stops taking orders from its queue", ("break_command",)),
                Chapter("still stopped"),
                Chapter("still stopped"),
                Chapter("the worker takes orders again", ("repair_command",)),
                Chapter(),
            ),
            rules=lambda outputs: {"diva": outputs["eventbridge_rule_name"]},
            location=lambda outputs: S3Location(outputs["state_bucket_name"], outputs["state_key"]),
            has_expiry=True,
        ),
        Example(
            name="distributed",
            chapters=(
                Chapter("all is new: no report was made yet"),
                Chapter(),
                Chapter(
                    "a release forgets the invoices, and the last one expires",
                    ("break_command", "expire_command"),
                ),
                Chapter("still forgotten"),
                Chapter("the next release has them again", ("repair_command",)),
                Chapter(),
            ),
            rules=lambda outputs: outputs["eventbridge_rule_names"],
            location=lambda outputs: DynamoDBLocation(outputs["dynamodb_table_name"]),
        ),
    )
}


def spare_expiry(folder: Path) -> None:
    """Let old versions stay that the module `diva` would have expire, in a copy of an example.

    The provider waits 55 seconds for S3 to settle after it has set their expiry.
    """
    override = 'module "diva" {\n  state_version_retention_days = null\n}\n'
    (folder / "expiry_override.tf").write_text(override, encoding="utf-8")
