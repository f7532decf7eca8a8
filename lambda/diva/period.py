"""What came of a period: of each event, and as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .machine import Effect, Observation, Outcome
from .state import State


# A named tuple, because it is made for every event of every period.
class EventRun(NamedTuple):
    """What came of one event in one period."""

    before: State
    seen: Observation
    after: State
    claimed: Effect | None = None
    """What this run has claimed to deliver."""
    outcome: Outcome | None = None
    """What came of that; None before it was attempted."""

    @property
    def delivered(self) -> Effect | None:
        """What this run has delivered."""
        return self.claimed if self.outcome is Outcome.OK else None


class Period(NamedTuple):
    """What came of one period."""

    run_id: str
    runs: Mapping[str, EventRun]
    """By event; events that were not observed are missing."""
    errors: Mapping[str, str]
    """By event: why its state could not be read or written."""
    duration_ms: float
