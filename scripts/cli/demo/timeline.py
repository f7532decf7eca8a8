"""When the functions ran: a chart with a row for each object, the executions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.text import Text

from ..common.output import GAP, Output
from .objects import Run
from .title import show_title

CELL_SEC = (0.25, 0.5, 1, 2, 5, 10, 30, 60)
"""What a cell of the chart can stand for, in seconds. The first with which all fits is used."""
_BETWEEN = " ┊ "


@dataclass(frozen=True, slots=True)
class _Part:
    """The runs of an execution, from the first start to the last end."""

    execution: int
    runs: Sequence[Run]

    @property
    def began(self) -> datetime:
        return min(run.began for run in self.runs)

    def cell(self, at: datetime, cell_sec: float) -> int:
        return int((at - self.began).total_seconds() / cell_sec)

    def cells(self, cell_sec: float) -> int:
        return 1 + max(self.cell(_end(run), cell_sec) for run in self.runs)

    def row(self, key: str, cell_sec: float) -> Text:
        """Return the runs for an object, before a dot for each whole second."""
        row = Text()
        runs = [run for run in self.runs if run.key == key]
        for index in range(self.cells(cell_sec)):
            here = [
                run
                for run in runs
                if self.cell(run.began, cell_sec) <= index <= self.cell(_end(run), cell_sec)
            ]
            if not here:
                row.append("·" if index * cell_sec % 1 == 0 else " ", "dim")
                continue
            ends = self.cell(_end(here[-1]), cell_sec) == index
            failed = not here[-1].succeeded
            row.append("✗" if failed and ends else "█", "red" if failed else "green")
        return row


def show(output: Output, keys: Sequence[str], runs: Sequence[Run]) -> None:
    """Print the chart of all runs, as wide as the terminal."""
    parts = [
        _Part(number, [run for run in runs if run.execution == number])
        for number in sorted({run.execution for run in runs})
    ]
    lead = max(map(len, keys))
    room = output.width - lead - GAP - len(_BETWEEN) * (len(parts) - 1)
    cell_sec = next(
        (each for each in CELL_SEC if sum(part.cells(each) for part in parts) <= room),
        CELL_SEC[-1],
    )
    widths = [lead, output.width - lead - GAP]
    show_title(output, "Runs of the function, by execution")
    numbers = [str(part.execution).ljust(part.cells(cell_sec)) for part in parts]
    output.row(widths, ["", Text(_BETWEEN.join(numbers), style="dim")])
    between = Text(_BETWEEN, style="dim")
    for key in keys:
        output.row(widths, [key, between.join(part.row(key, cell_sec) for part in parts)])
    output.below(
        Text(f"█ running  ✗ failed  · a second  (a column is {cell_sec:g} s)", style="dim"), 0
    )


def _end(run: Run) -> datetime:
    return run.ended or run.began
