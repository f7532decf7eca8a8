"""Results of a figure, and their targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Result:
    """A measured value and its target."""

    what: str
    """What was measured."""
    measured: float
    target: float
    """The largest `measured` that meets the target; with `is_minimum`, the smallest, and with
    `is_exact`, the only one."""
    unit: str
    is_exact: bool = False
    is_minimum: bool = False
    notes: Sequence[str] = ()
    """Information that has no influence on whether the target is met."""
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """The measurements: times in seconds, memory in bytes, and counts."""

    @property
    def is_met(self) -> bool:
        if self.is_exact:
            return self.measured == self.target
        if self.is_minimum:
            return self.measured >= self.target
        return self.measured <= self.target
