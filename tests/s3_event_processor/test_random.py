"""Faults that are drawn at random: no object is lost, and none is processed again without need."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .definition import ATTEMPTS, REQUESTS, STATES
from .faults import FAULTS
from .trial import MAX_RECEIVES, Counted, Outcome, Trial

WAYS = ("good", "once", "large", "poison")


@dataclass(frozen=True, slots=True)
class Refusal:
    """So many requests in a row that meet a fault."""

    operation: str
    fault: str
    after: int
    requests: int


@dataclass(frozen=True, slots=True)
class Interruption:
    """An execution is stopped when a state is entered for this time, or another one started."""

    state: str
    times: int
    is_stop: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is put, and what goes wrong."""

    ways: list[str]
    refusals: list[Refusal]
    interruptions: list[Interruption]

    @property
    def stops(self) -> int:
        return sum(each.is_stop for each in self.interruptions)

    def requests(self, operation: str) -> int:
        """Return how many requests of an operation meet a fault."""
        return sum(each.requests for each in self.refusals if each.operation == operation)

    @property
    def not_deleted(self) -> int:
        """How often deleting a message can fail."""
        return self.requests("DeleteMessage") // ATTEMPTS

    def again(self) -> int:
        """Return how often an object can be processed again, though it was processed.

        An execution is stopped between the two, the answer of the function is lost, or the
        message is not deleted.
        """
        return self.stops + self.requests("Invoke") + self.not_deleted

    def in_vain(self) -> int:
        """Return how often a message can be received without being deleted or refused."""
        refused = self.requests("ReceiveMessage") + self.requests("Invoke")
        return self.stops + refused + self.not_deleted


def plans(instance: str) -> st.SearchStrategy[Plan]:
    refusals = st.builds(
        Refusal,
        st.sampled_from(REQUESTS),
        st.sampled_from(sorted(FAULTS)),
        st.integers(0, 4),
        st.integers(1, 4),
    )
    interruptions = st.builds(
        Interruption, st.sampled_from(STATES[instance]), st.integers(1, 4), st.booleans()
    )
    return st.builds(
        Plan,
        st.lists(st.sampled_from(WAYS), min_size=1, max_size=6),
        st.lists(refusals, max_size=3, unique_by=lambda each: each.operation),
        st.lists(interruptions, max_size=3, unique_by=lambda each: (each.state, each.times)),
    )


def check(plan: Plan, way: str, outcome: Outcome) -> None:
    """Check what must hold of an object, whatever has happened."""
    assert outcome.processed or outcome.buried or outcome.unanswered
    assert all(receives >= MAX_RECEIVES for receives in outcome.buried)
    if way == "poison":
        assert not outcome.processed
        undisturbed = not (plan.refusals or plan.stops)
        assert outcome.buried == [MAX_RECEIVES] or not undisturbed
    else:
        assert outcome.processed <= 1 + plan.again()
        # The function has failed once at most.
        refused = outcome.buried or outcome.unanswered
        assert not refused or plan.in_vain() >= MAX_RECEIVES - (way == "once")


@pytest.mark.parametrize("instance", STATES)
def test_no_object_is_lost(trial: Trial, instance: str, counted: Counted) -> None:
    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(plans(instance))
    def no_object_is_lost(plan: Plan) -> None:
        trial.clear()
        counted("executions")
        for refusal in plan.refusals:
            fault = FAULTS[refusal.fault]
            trial.spoil(refusal.operation, fault, refusal.requests, refusal.after)
        for interruption in plan.interruptions:
            action = trial.stop if interruption.is_stop else trial.start
            trial.watch.on_entering(interruption.state, interruption.times, action)
        keys = trial.put(*plan.ways)
        outcomes = trial.settle()
        for key, way in zip(keys, plan.ways, strict=True):
            check(plan, way, outcomes[key])

    no_object_is_lost()
