"""A table with a column for each object, and a row for each moment at which one has moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from ..common.output import GAP, Output
from .objects import MEANINGS, Place

_LEAD = {"time": 4, "#": 2}
_INDENT = _LEAD["time"] + GAP
_WIDTH = max(len(place.value) for place in Place)

_STYLES = {
    Place.QUEUED: "dim",
    Place.WAITING: "dim",
    Place.RUNNING: "cyan",
    Place.DONE: "green",
    Place.GIVEN_BACK: "yellow",
    Place.BURIED: "bold red",
}


class ObjectTable:
    """Prints a row whenever the place of an object has changed, with the time and the execution."""

    def __init__(self, output: Output, keys: Sequence[str]) -> None:
        self._output = output
        self._keys = keys
        self._widths = [*_LEAD.values(), *(max(_WIDTH, len(key)) for key in keys)]
        self._shown: Mapping[str, Place] = {}

    def show_heading(self) -> None:
        self._output.heading(self._widths, [*_LEAD, *self._keys])

    def show_scene(self, text: str) -> None:
        """Print what happens next."""
        self._output.line("")
        self._output.below(Text(text, style="bold"), _INDENT)

    def show_detail(self, text: str, style: str = "") -> None:
        """Print more about the row above."""
        self._output.below(Text(text, style=style), _INDENT)

    def add(self, seconds: float, execution: int | None, places: Mapping[str, Place]) -> None:
        """Print where the objects are, unless they are where they were."""
        if places == self._shown:
            return
        self._shown = dict(places)
        cells = [self._cell(places.get(key)) for key in self._keys]
        lead = [f"{seconds:2.0f} s", str(execution or "")]
        self._output.row(self._widths, [*lead, *cells])

    def show_legend(self) -> None:
        """Print what the words of the table mean."""
        self._output.line("")
        for place, meaning in MEANINGS.items():
            self._output.below(Text(f"{place.value:{_WIDTH}}  {meaning}", style="dim"), 0)

    def _cell(self, place: Place | None) -> Text:
        return Text(place.value, style=_STYLES[place]) if place else Text("")
