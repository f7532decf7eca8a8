"""A table of what is known of a target."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from ..common.output import GAP, Output
from ..common.text import printable

_NARROWEST = 10


def show(columns: Mapping[str, Mapping[str, Any]], output: Output) -> None:
    """Print a row for each value, and a column for each state that has a heading in `columns`."""
    states = [dict(_flat(state)) for state in columns.values()]
    names = list(dict.fromkeys(name for state in states for name in state))
    rows = [[name, *(state.get(name, "") for state in states)] for name in names]
    table = [["", *columns], *rows]
    widths = [max(cell_len(row[index]) for row in table) for index in range(len(table[0]))]
    if output.is_terminal:
        room = output.width - widths[0] - len(states) * GAP
        widths[1:] = [min(each, max(_NARROWEST, room // len(states))) for each in widths[1:]]
    output.heading(widths, table[0])
    for name, *values in rows:
        changed = len(set(values)) > 1 and values[-1]
        output.row(widths, [name, *(Text(each, "bold" if changed else "") for each in values)])


def _flat(state: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in state.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif value is not None:
            yield printable(f"{prefix}{name}"), printable(_text(value))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
