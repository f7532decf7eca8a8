"""Where each event of `events` stands when a trial begins, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from diva.state import State

BEGIN = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
EARLIER = BEGIN - timedelta(hours=2)

SEED, SAVED, RECORDED = STAGES = ("seed", "saved", "recorded")
"""How far a period of an event got: nothing written, state saved, delivery recorded."""


@dataclass(frozen=True, slots=True)
class Life:
    """An event's state after each stage of the first period, and in the end."""

    seed: State
    saved: State
    settled: Callable[[int], State]
    """After that many periods that counted, of three or more."""
    recorded: State | None = None
    """None where the first period has nothing to deliver."""
    delivery: str | None = None
    """What is delivered sooner or later, once."""

    @property
    def last(self) -> str:
        return SAVED if self.recorded is None else RECORDED

    @property
    def is_written(self) -> bool:
        return self.saved != self.seed


_new = State(healthy=True)
_alerted = State(
    healthy=False, alerted=True, detection_failures=7, failing_since=EARLIER, alerted_at=EARLIER
)
_unsettled = replace(_alerted, healthy=True, cooldown_counter=1)
_failed = State(healthy=False, detection_failures=1, failing_since=EARLIER)
_refused = State(healthy=False, detection_failures=1, injection_failures=1)

LIVES: Mapping[str, Life] = {
    "healthy": Life(_new, _new, lambda _: _new),
    "alerting": Life(
        seed=_failed,
        saved=replace(_failed, detection_failures=2),
        recorded=replace(_failed, detection_failures=2, alerted=True),
        settled=lambda n: replace(_failed, detection_failures=1 + n, alerted=True),
        delivery="alert",
    ),
    "refusing": Life(
        seed=_new,
        saved=_refused,
        recorded=replace(_refused, alerted=True),
        settled=lambda n: replace(_refused, detection_failures=n, alerted=True),
        delivery="alert",
    ),
    "injecting": Life(
        seed=_new,
        saved=State(healthy=False, detection_failures=1, injected=True),
        settled=lambda n: State(healthy=False, detection_failures=n, injected=True),
    ),
    "verifying": Life(seed=_failed, saved=_new, settled=lambda _: _new),
    "resolving": Life(
        seed=_alerted,
        saved=replace(_new, resolve_due=True),
        recorded=_new,
        settled=lambda _: _new,
        delivery="resolution",
    ),
    "cooling": Life(
        seed=_unsettled,
        saved=replace(_unsettled, cooldown_counter=2),
        settled=lambda _: _new,
        delivery="resolution",
    ),
    "reminding": Life(
        seed=_alerted,
        saved=replace(_alerted, detection_failures=8),
        recorded=replace(_alerted, detection_failures=8),
        settled=lambda n: replace(_alerted, detection_failures=7 + n),
        delivery="reminder",
    ),
}


_d1 = State(healthy=False, detection_failures=1)

NEW: Mapping[str, Life] = {
    "healthy": Life(State(), _new, lambda _: _new),
    "alerting": Life(
        seed=State(),
        saved=_d1,
        settled=lambda n: replace(_d1, detection_failures=n, alerted=True),
        delivery="alert",
    ),
    "refusing": replace(LIVES["refusing"], seed=State()),
    "injecting": replace(LIVES["injecting"], seed=State()),
    "verifying": Life(State(), _new, lambda _: _new),
    "resolving": Life(State(), _new, lambda _: _new),
    "cooling": Life(State(), _new, lambda _: _new),
    "reminding": Life(
        seed=State(),
        saved=_d1,
        recorded=replace(_d1, alerted=True),
        settled=lambda n: replace(_d1, detection_failures=n, alerted=True),
        delivery="alert",
    ),
}
"""The same events where nothing is known of them."""


def bare(state: State) -> State:
    """Return what can be told before a period: `state` without times, claims and errors."""
    return replace(state, failing_since=None, alerted_at=None, alert_claim=None, last_error=None)


def stage(life: Life, state: State) -> str:
    """Return how far the first period got. Fails where it is half done."""
    found = bare(state)
    claimed = state.alert_claim is not None
    if found == bare(life.seed) and not claimed:
        return SEED
    if found == bare(life.saved) and claimed is (life.recorded is not None):
        return SAVED
    assert life.recorded, f"neither as before nor saved: {state}"
    assert found == bare(life.recorded), f"at no stage: {state}"
    assert not claimed, f"a recorded delivery is claimed: {state}"
    return RECORDED
