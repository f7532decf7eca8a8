"""The rules of DIVA, as pure functions: no clock, no input or output, no threads.

What an event's state becomes         `step`
When to inject                        `injection_due`
When to alert, remind or resolve      `due`
Which of two overlapping runs sends   `fold_period`
What a delivery does to the state     `fold_delivery`

A period of one event is folded into its state with `fold_period`, the state is saved, and only
then is anything delivered; the outcome is folded with `fold_delivery` and saved again. Each of
these functions gives the right answer over a state that another run has changed meanwhile:
a conflicting write is resolved by reading the state again and folding again.

The phases that an event goes through (Mermaid; a test derives the same from the functions below):

    stateDiagram-v2
        [*] --> new
        [*] --> warmup
        warmup --> healthy: success
        warmup --> injected: success
        warmup --> failing: failure
        new --> healthy: success
        new --> injected: success
        new --> failing: failure
        healthy --> failing: failure
        injected --> failing: failure
        failing --> healthy: success
        failing --> injected: success
        failing --> alerted: alert delivered
        alerted --> cooldown: success
        alerted --> healthy: success
        alerted --> injected: success
        cooldown --> healthy: success
        cooldown --> injected: success
        cooldown --> alerted: failure
        healthy --> alerted: alert delivered
        injected --> alerted: alert delivered

A success is a successful detection or, for an event that nothing detects, a successful
injection, after which it is `injected` instead of `healthy`. Warmup ends with the last of
`warmup.success_threshold` successes, or after `warmup.max_periods`. From `alerted`, the reset
mode decides between `cooldown` and the end of the incident. An alert that arrives when the
event has just recovered still counts as one: a resolution follows it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from .incidents import alerted, failed, injected, recovered
from .policy import Policy
from .state import Claim, State

LONGEST_CLAIM = timedelta(minutes=20)
"""Lambda ends a run after 15 minutes, so a claim that lasts longer comes from a wrong clock."""


class Outcome(str, Enum):
    """The outcome of one call of a callback."""

    OK = "ok"
    FAILED = "failed"
    """It returned something false."""
    ERROR = "error"
    """It raised an exception, or returned something that is neither true nor false."""
    TIMEOUT = "timeout"
    """It did not return in time."""


class Effect(str, Enum):
    """The kind of message that is due."""

    ALERT = "alert"
    REMINDER = "reminder"
    RESOLUTION = "resolution"


class Phase(str, Enum):
    """The phases of an event. Every state is in exactly one of them."""

    NEW = "new"
    """Nothing is known of it yet."""
    WARMUP = "warmup"
    """Its failures do not count yet."""
    HEALTHY = "healthy"
    """The latest detection succeeded."""
    INJECTED = "injected"
    """The latest injection succeeded, and nothing detects what came of it."""
    FAILING = "failing"
    """It fails, and nobody has been notified so far."""
    ALERTED = "alerted"
    """It fails, or has just recovered, and an alert has been delivered."""
    COOLDOWN = "cooldown"
    """It has recovered after an alert, and has to stay so for some periods."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one function observed of one event in one period. None: not called."""

    detection: Outcome | None = None
    injection: Outcome | None = None
    first_injection: bool = False
    """Whether the event had not been injected before, as far as this run knows."""
    verification: Outcome | None = None
    """The last detection after a successful injection."""
    error: str | None = None
    """Why the detection or injection failed."""
    inhibited: str | None = None
    """The status of an event whose injection and alerts are inhibited, otherwise None."""

    @property
    def healthy(self) -> bool:
        """Whether the event was detected, by itself or after the injection."""
        return Outcome.OK in (self.detection, self.verification)


def phase(state: State) -> Phase:
    """Return the phase that `state` is in."""
    if state.in_warmup:
        return Phase.WARMUP
    if state.alerted:
        return Phase.COOLDOWN if state.cooldown_counter else Phase.ALERTED
    if state.healthy is False or state.detection_failures or state.injection_failures:
        return Phase.FAILING
    if state.healthy:
        return Phase.HEALTHY
    return Phase.INJECTED if state.injected else Phase.NEW


def restored(policy: Policy, stored: State | None) -> State:
    """Return the state of an event before its period; `stored` is None for a new event."""
    if stored is None:
        return State(in_warmup=policy.warmup.enabled)
    if stored.in_warmup and not policy.warmup.enabled:
        stored = replace(stored, in_warmup=False, warmup_counter=0, warmup_periods=0)
    if stored.resolve_due and policy.resolve is None:
        stored = replace(stored, resolve_due=False)
    return stored


def step(policy: Policy, state: State, observation: Observation, now: datetime) -> State:
    """Return what `state` becomes after a period in which `observation` was made."""
    claim = state.alert_claim
    if claim is not None and not now < claim.expires <= now + LONGEST_CLAIM:
        state = replace(state, alert_claim=None)
    if observation.healthy:
        if observation.injection is not None:
            state = _after_injection(policy, state, observation, now)
        return _after_success(policy, state, now)
    if observation.detection is not None:
        state = _after_failure(policy, state, observation, now)
    if observation.injection is not None:
        state = _after_injection(policy, state, observation, now)
    return state


def injection_due(policy: Policy, state: State) -> bool:
    """Whether to inject, given the state after this period's detection."""
    return injection_wanted(policy, state) and injection_skipped(policy, state) is None


def injection_wanted(policy: Policy, state: State) -> bool:
    """Whether the role calls for an injection, given the state after this period's detection."""
    return policy.injects and (has_no_detector(policy, state) or state.healthy is False)


def injection_skipped(policy: Policy, state: State) -> str | None:
    """Return why an injection that the role calls for is left out, or None if it is made."""
    alone = has_no_detector(policy, state)
    # Only injections can end the warmup or the alert of such an event, so they continue.
    unsettled = alone and (state.in_warmup or state.alerted)
    if state.injected and not policy.inject_each_period and not unsettled:
        return "already injected"
    failures, limit = state.injection_failures, policy.max_failed_injections
    if failures >= limit and not alone:
        return f"limit reached ({failures}/{limit})"
    return None


def due(policy: Policy, state: State, observation: Observation, now: datetime) -> Effect | None:
    """Return the message that is due, given the state after this period. THE ALERT RULE."""
    if state.resolve_due:
        return Effect.RESOLUTION
    if state.in_warmup or observation.inhibited:
        return None
    if not state.alerted:
        if state.injection_failures >= policy.max_failed_injections:
            return Effect.ALERT
        just_injected = observation.first_injection and observation.injection is Outcome.OK
        if state.detection_failures >= policy.max_failed_detections and not just_injected:
            return Effect.ALERT
        return None
    if not policy.reminder_sec or not is_failing(policy, state):
        return None
    if state.alerted_at is None:  # alerted by a version that did not store it
        return Effect.REMINDER
    silent_sec = abs((now - state.alerted_at).total_seconds())  # clocks can be set back
    return Effect.REMINDER if silent_sec >= policy.reminder_sec else None


def fold_period(
    policy: Policy, state: State, observation: Observation, now: datetime, claim: Claim
) -> tuple[State, Effect | None]:
    """Fold a period into `state`. Returns the new state, and what this run has to deliver.

    Whatever is due is claimed in the same state, so that the conditional write which saves
    the period also decides which of two overlapping runs delivers.
    """
    state = step(policy, state, observation, now)
    effect = due(policy, state, observation, now)
    if effect is None or state.alert_claim is not None:
        return state, None
    return replace(state, alert_claim=claim), effect


def fold_delivery(
    state: State, effect: Effect, outcome: Outcome, run_id: str, now: datetime
) -> State:
    """Fold the outcome of a delivery by run `run_id`. A message that failed stays due."""
    if state.alert_claim is not None and state.alert_claim.run_id == run_id:
        state = replace(state, alert_claim=None)
    if outcome is not Outcome.OK:
        return state
    if effect is Effect.RESOLUTION:
        return replace(state, resolve_due=False)
    if effect is Effect.REMINDER and not state.alerted:
        return state  # it has recovered meanwhile
    return replace(state, alerted=True, alerted_at=now, incidents=alerted(state.incidents, now))


def has_no_detector(policy: Policy, state: State) -> bool:
    """Whether nothing detects this event, so that only its injections show its health."""
    return policy.role == "inject" and state.healthy is None


def is_failing(policy: Policy, state: State) -> bool:
    """Whether the latest result of the event is a failure."""
    if has_no_detector(policy, state):
        return state.injection_failures > 0
    return state.healthy is False


_AT_REST = State(healthy=True)


def _after_success(policy: Policy, state: State, now: datetime, alone: bool = False) -> State:
    """Fold a success; `alone` if it is an injection of an event that nothing detects."""
    if state == _AT_REST:
        return state
    healthy = state.healthy if alone else True
    if state.in_warmup:
        state = replace(
            state,
            warmup_counter=state.warmup_counter + 1,
            warmup_periods=state.warmup_periods + 1,
            healthy=healthy,
            injected=state.injected or alone,
            last_error=None,
        )
        if state.warmup_counter < policy.warmup.success_threshold and not _warmup_is_over(
            policy, state
        ):
            return state
    elif state.alerted and policy.reset.mode == "cooldown":
        state = replace(
            state,
            cooldown_counter=state.cooldown_counter + 1,
            healthy=healthy,
            injected=state.injected or alone,
        )
        if state.cooldown_counter < policy.reset.success_threshold:
            return state
    return State(
        healthy=healthy,
        injected=alone,
        resolve_due=policy.resolve is not None and (state.alerted or state.resolve_due),
        alert_claim=state.alert_claim,  # a delivery in progress keeps its claim until it ends
        incidents=recovered(state.incidents, state.failing_since, _alerted_at(state), now),
        known_since=_known_since(state, now),
    )


def _after_failure(policy: Policy, state: State, observation: Observation, now: datetime) -> State:
    state = replace(state, healthy=False, resolve_due=False, last_error=observation.error)
    if state.in_warmup:
        state, counts = _warmup_failure(policy, state)
        if not counts:
            return state
    state = replace(state, detection_failures=state.detection_failures + 1, cooldown_counter=0)
    return _failing(state, observation, now)


def _after_injection(
    policy: Policy, state: State, observation: Observation, now: datetime
) -> State:
    alone = has_no_detector(policy, state)
    if state.healthy and observation.detection is None:
        return state  # the detector has seen it recover in the meantime
    if observation.injection is Outcome.OK:
        state = replace(
            state,
            injected=True,
            injection_failures=0,
            incidents=injected(state.incidents, worked=True),
        )
        return _after_success(policy, state, now, alone) if alone else state
    if alone:
        state = replace(state, resolve_due=False)
    if state.in_warmup:
        # If there is a detector, an injection in warmup only primes the system.
        counts = False
        if alone:
            state, counts = _warmup_failure(policy, state)
        if not counts:
            return replace(state, last_error=observation.error)
    state = replace(
        state,
        injection_failures=state.injection_failures + 1,
        cooldown_counter=0 if alone else state.cooldown_counter,
        last_error=observation.error,
    )
    state = _failing(state, observation, now)
    return replace(state, incidents=injected(state.incidents, worked=False))


def _failing(state: State, observation: Observation, now: datetime) -> State:
    """Note a failure that counts."""
    since = state.failing_since or now
    incidents = failed(state.incidents, since, _alerted_at(state), observation.error)
    return replace(
        state, failing_since=since, incidents=incidents, known_since=_known_since(state, now)
    )


def _known_since(state: State, now: datetime) -> int:
    """Return the time since which the incidents are complete: that of the first result."""
    return int(now.timestamp()) if state.known_since is None else state.known_since


def _alerted_at(state: State) -> datetime | None:
    return state.alerted_at if state.alerted else None


def _warmup_failure(policy: Policy, state: State) -> tuple[State, bool]:
    """Return the state after a failing period in warmup, and whether the failure counts."""
    state = replace(state, warmup_counter=0, warmup_periods=state.warmup_periods + 1)
    if _warmup_is_over(policy, state):
        return replace(state, in_warmup=False, warmup_periods=0), True
    return state, False


def _warmup_is_over(policy: Policy, state: State) -> bool:
    limit = policy.warmup.max_periods
    return limit is not None and state.warmup_periods >= limit
