"""Standard output, on a terminal or in a pipe."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.cells import cell_len
from rich.console import Console
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

GAP = 2
"""The number of cells between two columns."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Raise the BrokenPipeError that is being handled, so that the command ends."""
        raise


class Output:
    """Standard output in rows and columns: coloured and wrapped on a terminal, plain in a pipe."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # names may have any character
        self._console = _Console(highlight=False, markup=False, emoji=False)

    @property
    def is_terminal(self) -> bool:
        return self._console.is_terminal

    @property
    def width(self) -> int:
        """The current width of the terminal in cells."""
        return self._console.width

    def heading(self, widths: Sequence[int], cells: Sequence[str]) -> None:
        """Print the names of the columns, underlined on a terminal."""
        self._print_row(widths, [Text(cell, style="bold") for cell in cells], "bottom")
        if self.is_terminal:
            self._console.print(Text("─" * total(widths), style="dim"))

    def row(self, widths: Sequence[int], cells: Sequence[Text | str]) -> None:
        """Print cells in columns of `widths`. In a pipe, every row is a single line."""
        self._print_row(widths, cells, "top")

    def below(self, text: Text | str, indent: int) -> None:
        """Print details of the row above, indented by `indent` cells."""
        if self.is_terminal:
            self._console.print(Padding(text, (0, 0, 0, indent)))
        else:
            self.line(" " * indent + str(text))

    def line(self, text: str) -> None:
        """Print `text`, wrapped on a terminal."""
        self._console.print(text.rstrip(), soft_wrap=not self.is_terminal)

    def command(self, text: str) -> None:
        """Print a command in one line, so that it can be copied."""
        self._console.print(text, soft_wrap=True)

    @contextmanager
    def busy(self, text: str | Callable[[], str]) -> Iterator[None]:
        """On a terminal, show a spinner and `text` below the output during a `with` block."""
        if not self.is_terminal:
            yield
            return
        spinner = Spinner("dots")

        def shown() -> Spinner:
            spinner.update(text=Text(text() if callable(text) else text, style="dim"))
            return spinner

        with Live(
            console=self._console,
            get_renderable=shown,
            refresh_per_second=10,
            transient=True,
            redirect_stderr=sys.stderr.isatty(),
        ):
            yield

    def _print_row(self, widths: Sequence[int], cells: Sequence[Text | str], vertical: str) -> None:
        if not self.is_terminal:
            texts = [str(cell) for cell in cells]
            padded = [
                text + " " * (width - cell_len(text))
                for text, width in zip(texts, widths, strict=True)
            ]
            self.line((" " * GAP).join(padded))
            return
        grid = Table.grid(padding=(0, GAP, 0, 0))
        for width in widths:
            grid.add_column(width=width, overflow="fold", vertical=vertical)  # type: ignore[arg-type]
        grid.add_row(*cells)
        self._console.print(grid)


def total(widths: Sequence[int]) -> int:
    """Return the width of a row with columns of `widths`."""
    return sum(widths) + GAP * (len(widths) - 1)
