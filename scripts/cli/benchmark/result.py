"""What a figure came to, beside what it must reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Result:
    """One measured value and its target."""

    what: str
    """What was measured, in a few words."""
    measured: float
    target: float
    """What `measured` may be at most; with `is_exact`, what it must be."""
    unit: str
    is_exact: bool = False
    notes: Sequence[str] = ()
    """What helps to understand the value, and decides nothing."""
    samples: Mapping[str, Sequence[float]] = field(default_factory=dict)
    """What it was made of; times are in seconds, memory is in bytes."""

    @property
    def is_met(self) -> bool:
        if self.is_exact:
            return self.measured == self.target
        return self.measured <= self.target
