"""A table with a row for each request to the incident actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.text import Text

from ...common.output import GAP, Output, total
from ...common.text import counted, printable, shortened
from ...incident.functions import Answer

_WIDTHS = {"action": 15, "target": 8, "status": 6}
_LEAST_CHANGE_WIDTH = 24
_INDENT = 4
_FAILED = 500

_NAMES = {
    "deploymentId": "deployment",
    "desiredCount": "tasks",
    "instanceClass": "class",
    "replicas": "replicas",
    "keys": "keys",
}
"""What the table shows of a target, and how it calls it."""
_LONGEST_VALUE = 14


class RequestTable:
    """Prints each request: what was asked for, the status of the answer, and what has changed."""

    def __init__(self, output: Output) -> None:
        self._output = output
        lead = list(_WIDTHS.values())
        room = output.width - total(lead) - GAP
        self._widths = [*lead, max(_LEAST_CHANGE_WIDTH, room)]

    def show_heading(self) -> None:
        self._output.heading(self._widths, [*_WIDTHS, "before → after"])

    def show_scene(self, text: str) -> None:
        """Print what happens next."""
        self._output.line("")
        self._output.below(Text(text, style="bold"), _INDENT)

    def show_detail(self, text: str) -> None:
        """Print more about the row above."""
        self._output.below(Text(printable(text), style="dim"), _INDENT)

    def add(self, action: str, target: str, answer: Answer, is_repeat: bool) -> None:
        """Print a request, and how to undo what it has changed."""
        style = "green" if answer.problem is None else "yellow"
        if answer.status >= _FAILED:
            style = "bold red"
        change = "the same answer as before" if is_repeat else _change(answer.body)
        cells: list[Text | str] = [action, target, Text(str(answer.status), style=style)]
        cells.append(printable(change))
        self._output.row(self._widths, cells)
        if "undo" in answer.body and not is_repeat and not answer.is_dry:
            self.show_detail(f"undo: {answer.body['undo']}")


def _change(body: Mapping[str, Any]) -> str:
    if "error" in body:
        return str(body["error"])
    if "change" in body:
        return f"dry run: would {body['change']['summary']}"
    if "channels" in body:
        return ", ".join(f"{name}: {result}" for name, result in body["channels"].items())
    # A change that AWS has only begun is in the details.
    before, after = body["before"], {**body["after"], **body.get("details", {})}
    changes = [
        f"{called} {_value(before[name])} → {_value(after[name])}"
        for name, called in _NAMES.items()
        if name in before and before[name] != after[name]
    ]
    if "removed" in body:
        changes.append(f"{counted(body['removed'], 'key')} removed")
    return ", ".join(changes) or "no change"


def _value(value: Any) -> str:
    return shortened(str(value).removeprefix("ecs-svc/"), _LONGEST_VALUE)
