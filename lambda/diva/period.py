"""The outcome of a period, of each event and as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .machine import Effect, Observation, Outcome
from .shard import WHOLE, Shard
from .state import State


class Invocation(NamedTuple):
    """One invocation of the function."""

    run_id: str
    function_name: str
    remaining_sec: float
    """Seconds until Lambda would end it."""
    shard: Shard = WHOLE
    """The part of the events that it runs."""


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

    invocation: Invocation
    runs: Mapping[str, EventRun]
    """By event, without those that were not observed."""
    errors: Mapping[str, str]
    """By event, why its state could not be read or written."""
    duration_ms: float
    observing_used: float
    """The share of the time for observing that was used, 1 if it was used up."""
