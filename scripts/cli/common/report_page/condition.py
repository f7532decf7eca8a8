"""The condition of an event, by which the page orders events."""

from __future__ import annotations

from enum import Enum

from diva.state import State

from ..state_text import health


class Condition(Enum):
    """The conditions, worst first. The values are what the page shows."""

    ALERTED = "Alerted"
    """It fails, and an alert has been delivered."""
    FAILING = "Failing"
    """It fails, and nobody has been alerted."""
    INVALID = "Invalid"
    """Its options or its stored state are invalid."""
    RECOVERING = "Recovering"
    """It is healthy again, and the alert has yet to be resolved."""
    WARMUP = "Warmup"
    UNKNOWN = "Unknown"
    """It has not run yet."""
    INJECTED = "Injected"
    """The latest injection succeeded, and nothing detects the event."""
    HEALTHY = "Healthy"
    UNDEFINED = "Not defined"
    """It is stored, but not in the event logic."""


def condition(state: State) -> Condition:
    """Return the condition of an event with a valid state."""
    word = health(state)
    if word == "failing":
        return Condition.ALERTED if state.alerted else Condition.FAILING
    if word in ("healthy", "injected") and (state.alerted or state.resolve_due):
        return Condition.RECOVERING
    return _BY_WORD[word]


_BY_WORD = {
    "warmup": Condition.WARMUP,
    "unknown": Condition.UNKNOWN,
    "injected": Condition.INJECTED,
    "healthy": Condition.HEALTHY,
}
