"""Keeping the embedded AWS after the story of a demo."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..common.output import Output
from .demonstration import Outputs
from .title import show_title

if TYPE_CHECKING:
    from local_aws import LocalAws


def keep_running(output: Output, aws: LocalAws, folder: Path, commands: Sequence[str]) -> None:
    """Print how to use the embedded AWS, and keep it running until Ctrl-C."""
    try:
        _show_how_to_use(output, aws, folder, commands)
        while True:
            time.sleep(60)
    except KeyboardInterrupt:
        output.line("\nThe embedded AWS and everything in it have been removed.")


def commands_of_outputs(outputs: Outputs) -> list[str]:
    """Return the commands that an example has as outputs, each with what it does."""
    return [
        f"{value}  # {name.removesuffix('_command')}"
        for name, value in outputs.items()
        if name.endswith("_command")
    ]


def _show_how_to_use(output: Output, aws: LocalAws, folder: Path, commands: Sequence[str]) -> None:
    show_title(output, f"The embedded AWS keeps running until Ctrl-C: {aws.endpoint}")
    output.line("In another terminal:\n")
    for name, value in aws.environ.items():
        output.line(f"export {name}={shlex.quote(value)}")
    output.line(f"cd {shlex.quote(str(folder))}  # terraform plan, apply, output ...")
    for command in commands:
        output.line(command)
