"""Text of others in places that take a single line."""

from __future__ import annotations


def one_line(text: str, longest: int) -> str:
    """Return `text` without line breaks and control characters, cut to `longest` characters."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
