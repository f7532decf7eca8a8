"""The bar of an event: a cell for each of the last 90 days, as paths of SVG.

What a cell stands for shows in its height as well as in its colour. The dashes of a path make the
gaps between cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

from .history import DAYS, Day, History
from .when import short_time

HEIGHT = 20
_CELLS = {Day.UNKNOWN: ("u", 4), Day.HEALTHY: ("h", 14), Day.SHORT: ("s", 18), Day.LONG: ("l", 20)}
"""The class and the height of the cells, which the style sheet has as the widths of lines."""


def paths(days: Sequence[Day]) -> Markup:
    """Return a path for each kind of day."""
    return Markup("").join(
        Markup('<path class={} d="{}"/>').format(name, "".join(_lines(days, day, height)))
        for day, (name, height) in _CELLS.items()
        if day in days
    )


def _lines(days: Sequence[Day], wanted: Day, height: int) -> Iterator[str]:
    """Yield a line for each run of the `wanted` days.

    Those of days with failures are drawn over a line of healthy days without gaps, since that takes
    fewer characters. So do relative positions.
    """
    shown = [wanted if _covers(day, wanted) else None for day in days]
    at = 0
    pen = None
    for day, run in groupby(shown):
        length = len(list(run))
        if day is wanted:
            move = f"M{at} {HEIGHT - height // 2}" if pen is None else f"m{at - pen} 0"
            yield f"{move}h{length}"
            pen = at + length
        at += length


def _covers(day: Day, wanted: Day) -> bool:
    return day is wanted or (wanted is Day.HEALTHY and day is not Day.UNKNOWN)


def in_words(history: History, days: Sequence[Day]) -> str:
    """Return what the bar shows, for those who do not see it."""
    if history.known_since is None:
        return f"Nothing is known of the last {DAYS} days"
    failed = sum(day in (Day.SHORT, Day.LONG) for day in days)
    text = f"Failed on {failed} of {DAYS} days" if failed else f"No failure in {DAYS} days"
    if Day.UNKNOWN not in days:
        return text
    since = short_time(history.known_since, history.now)
    return f"{text if failed else 'No failure'}, unknown before {since}"
