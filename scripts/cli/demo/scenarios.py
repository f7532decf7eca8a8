"""Scenarios: what happens to the system that an example monitors, period by period."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..common.state_location import DynamoDBLocation, S3Location, StateLocation
from .demonstration import Outputs, write_override
from .inbox import ADDRESS, EmailInbox, Inbox, QueueInbox
from .service import Service

if TYPE_CHECKING:
    from local_aws import LocalAws


@dataclass(frozen=True, slots=True)
class Step:
    """A period, and what happens to the system before it."""

    text: str = ""
    commands: tuple[str, ...] = ()
    """The outputs with the AWS CLI commands that make it happen."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """The periods of an example."""

    example: str
    """The name of a folder in `examples`."""
    steps: tuple[Step, ...]
    rules: Callable[[Outputs], Mapping[str, str]]
    """The rules that start a period by worker, in order."""
    location: Callable[[Outputs], StateLocation]
    """The location of the state."""
    has_expiry: bool = False
    """Whether the example creates a bucket in which old versions of the state expire."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """The variables of the example, where they are not the default."""
    inbox: Callable[[LocalAws, Outputs], Inbox] = QueueInbox
    """The messages that people get."""
    pass_period: Callable[[LocalAws, Outputs], Callable[[], None]] = lambda *_: lambda: None
    """Returns what lets the system do what it does from one period to the next."""
    function_prefix: Callable[[Outputs], str | None] = lambda _: None
    """The prefix of the incident actions, whose history is shown in the end."""


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
        Scenario(
            example="self-healing",
            steps=(
                Step(),
                Step("the service hangs", ("hang_command",)),
                Step("the restart has helped"),
                Step(),
                Step("a release breaks the service", ("break_command",)),
                Step("the restart has not helped"),
                Step("still broken"),
                Step("still broken"),
                Step("the service is repaired", ("repair_command",)),
                Step(),
            ),
            rules=lambda outputs: {"diva": outputs["eventbridge_rule_name"]},
            location=lambda outputs: S3Location(outputs["state_bucket_name"], outputs["state_key"]),
            has_expiry=True,
            variables={"emails": [ADDRESS]},
            inbox=lambda aws, _: EmailInbox(aws),
            pass_period=lambda aws, outputs: Service(aws, outputs).pass_period,
            function_prefix=lambda outputs: outputs["function_prefix"],
        ),
    )
}


def keep_old_versions(folder: Path) -> None:
    """Change the copy of an example in `folder` so that old versions of the state do not expire.

    After creating a lifecycle configuration, the provider waits 55 seconds for S3.
    """
    write_override(folder, 'module "diva" {\n  state_version_retention_days = null\n}\n')
