"""Printing the results as a table, and writing them as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path

from rich.text import Text

from ..common.output import Output
from .result import Result

_COLUMNS = {"figure": 13, "measured": 10, "target": 9, "": 7}
_RELATIONS = {"exactly": "=", "at_most": "≤", "at_least": "≥"}
_WHAT_WIDTH = 40
_INDENT = 4


def show_heading(output: Output) -> None:
    output.heading([*_COLUMNS.values(), _WHAT_WIDTH], [*_COLUMNS, "what"])


def show(output: Output, name: str, results: Sequence[Result]) -> None:
    """Print a row for each result of a figure, with its notes below."""
    for result in results:
        relation = _RELATIONS[_target(result)]
        verdict = Text("met", "green") if result.is_met else Text("missed", "bold red")
        cells = [name, _value(result.measured, result.unit)]
        cells.append(f"{relation} {_value(result.target, result.unit)}")
        output.row([*_COLUMNS.values(), _WHAT_WIDTH], [*cells, verdict, result.what])
        for note in result.notes:
            output.below(Text(note, style="dim"), _INDENT)


def write(file: Path, began: datetime, results: Mapping[str, Sequence[Result]]) -> None:
    """Write the results and their samples to `file`. Raises OSError."""
    flat = [(name, result) for name, several in results.items() for result in several]
    document = {
        "began": began.astimezone(timezone.utc).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpus": os.cpu_count(),
        "met": all(result.is_met for _, result in flat),
        "results": [_record(name, result) for name, result in flat],
    }
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _record(name: str, result: Result) -> dict[str, object]:
    return {
        "figure": name,
        "what": result.what,
        "measured": result.measured,
        "target": {_target(result): result.target},
        "unit": result.unit,
        "met": result.is_met,
        "notes": list(result.notes),
        "samples": {name: list(values) for name, values in result.samples.items()},
    }


def _target(result: Result) -> str:
    if result.is_exact:
        return "exactly"
    return "at_least" if result.is_minimum else "at_most"


def _value(value: float, unit: str) -> str:
    number = f"{value:.3f}" if unit == "×" else f"{value:.1f}"
    return f"{number.rstrip('0').rstrip('.')} {unit}".rstrip()
