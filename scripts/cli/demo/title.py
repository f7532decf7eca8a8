"""The titles of what a demo prints after its story."""

from __future__ import annotations

from rich.text import Text

from ..common.output import Output


def show_title(output: Output, text: str) -> None:
    """Print a title after an empty line."""
    output.line("")
    output.below(Text(text, style="bold"), 0)
