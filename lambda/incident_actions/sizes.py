"""Which of two instance classes or node types is larger, and lists of them in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

# Within these series, the size alone decides how many vCPUs there are, and the series how much
# memory there is for each of them. Of others, only those of one family can be compared.
_MEMORY = {"c": 2, "t": 4, "m": 4, "r": 8}
_BURSTABLE = "t"  # vCPUs that others have whole
_SERIES = re.compile(r"([ctmr])([3-9]|\d\d)[a-z]*")
_NAMED = ("nano", "micro", "small", "medium", "large")
_CLASS = re.compile(r"(db|cache)\.([a-z0-9]+)\.(?:(\d*)xlarge|(nano|micro|small|medium|large))")


@dataclass(frozen=True, slots=True)
class _Size:
    """The parts of an instance class or a node type."""

    kind: str
    family: str
    size: int


def is_larger(one: str, other: str) -> bool:
    """Return whether `one` is certain to be larger than `other`, in no respect smaller.

    Both are instance classes of RDS or both node types of ElastiCache.
    """
    a, b = _parse(one), _parse(other)
    if a is None or b is None or a.kind != b.kind:
        return False
    if a.family == b.family:
        return a.size > b.size
    series_a, series_b = _SERIES.fullmatch(a.family), _SERIES.fullmatch(b.family)
    if not series_a or not series_b:
        return False
    if series_a[1] == _BURSTABLE:
        return False
    memory_a, memory_b = _MEMORY[series_a[1]], _MEMORY[series_b[1]]
    return a.size >= b.size and memory_a >= memory_b and (a.size, memory_a) != (b.size, memory_b)


def problem(ladder: Sequence[str]) -> str | None:
    """Return what is wrong with a list that should go from small to large, if anything is."""
    for below, above in combinations(ladder, 2):
        if above == below or is_larger(below, above):
            return f"has {above} after {below}"
    return None


def above(ladder: Sequence[str], now: str) -> Sequence[str] | None:
    """Return the part of an ordered list that is larger than `now`, None if that is unknown."""
    if now in ladder:
        return ladder[ladder.index(now) + 1 :]
    for index, each in enumerate(ladder):
        if is_larger(each, now):
            return ladder[index:]
    return () if ladder and is_larger(now, ladder[-1]) else None


def _parse(text: str) -> _Size | None:
    found = _CLASS.fullmatch(text)
    if not found:
        return None
    kind, family, multiple, name = found.groups()
    size = _NAMED.index(name) if name else len(_NAMED) - 1 + int(multiple or 1)
    return _Size(kind, family, size)
