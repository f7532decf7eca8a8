"""The outcome of a period, of each event and as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .machine import Effect, Observation, Outcome
from .state import State


# A named tuple, because one is created for every event in every period.
class EventRun(NamedTuple):
    """The outcome of one event in one period."""

    before: State
    seen: Observation
    after: State
    claimed: Effect | None = None
    """What this run has claimed to deliver."""
    outcome: Outcome | None = None
    """The outcome of the delivery; None before it is attempted."""

    @property
    def delivered(self) -> Effect | None:
        """What this run has delivered."""
        return self.claimed if self.outcome is Outcome.OK else None


class Period(NamedTuple):
    """The outcome of one period."""

    run_id: str
    runs: Mapping[str, EventRun]
    """By event, without those that were not observed."""
    errors: Mapping[str, str]
    """By event, why its state could not be read or written."""
    duration_ms: float
