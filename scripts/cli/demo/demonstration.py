"""What the demo does with an example."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..common.output import Output

if TYPE_CHECKING:
    from local_aws import LocalAws

Outputs = Mapping[str, Any]
"""The outputs of an example by name."""


class Demonstration(Protocol):
    """A story that an example is taken through."""

    @property
    def example(self) -> str:
        """The name of a folder in `examples`."""

    def surroundings(self, output: Output) -> AbstractContextManager[None]:
        """Run what the example talks to besides AWS, in a `with` block around all the rest."""

    def prepare(self, root: Path) -> None:
        """Change the copy of the example in `root` before it is applied."""

    def run(self, aws: LocalAws, output: Output, outputs: Outputs) -> str | None:
        """Tell the story. Returns what went wrong that is no part of it."""

    def commands(self, outputs: Outputs) -> Sequence[str]:
        """Return commands with which a user can go on, each with a comment."""


def write_variables(root: Path, values: Mapping[str, Any]) -> None:
    """Set variables of the copy of an example."""
    (root / "demo.auto.tfvars.json").write_text(json.dumps(values), encoding="utf-8")


def write_override(root: Path, text: str) -> None:
    """Override arguments in the copy of an example."""
    (root / "demo_override.tf").write_text(text, encoding="utf-8")
