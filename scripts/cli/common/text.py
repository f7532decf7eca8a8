"""Making text safe to print, and fitting it to a width."""

from __future__ import annotations

import re

from rich.cells import cell_len, chop_cells


def counted(count: int, noun: str) -> str:
    """Return `count` and the noun, in the plural unless `count` is 1."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def printable(name: str) -> str:
    """Return `name` with control characters escaped."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in name)


def shortened(name: str, width: int) -> str:
    """Return `name` in at most `width` cells, without its middle if it is longer."""
    name = printable(name)
    if cell_len(name) <= width:
        return name
    head = (width - 1) // 2
    backwards = chop_cells(name[::-1], width - 1 - head)[0]
    return f"{chop_cells(name, head)[0]}…{backwards[::-1]}"


def wrapped(name: str, width: int, lines: int = 4) -> str:
    """Return `name` in at most `lines` lines of `width` cells, broken after separators."""
    pieces = [
        chopped
        for piece in re.findall(r"[^-_./:\s]*[-_./:\s]?", shortened(name, width * lines))
        for chopped in chop_cells(piece, width)
    ]
    done = [""]
    for piece in pieces:
        if cell_len(done[-1] + piece) > width:
            done.append("")
        done[-1] += piece
    if len(done) <= lines:
        return "\n".join(done)
    return "\n".join(chop_cells(shortened(name, width * lines), width))
