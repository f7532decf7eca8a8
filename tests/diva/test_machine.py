"""The rules, as stories that read one line per period. `stories` explains the lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from diva.machine import (
    Effect,
    Observation,
    Outcome,
    due,
    fold_delivery,
    fold_period,
    restored,
    step,
)
from diva.state import Claim, State

from .stories import BEGIN, PERIOD, follow, policy, show

COOLDOWN = {"mode": "cooldown", "success_threshold": 2}
WARMUP = {"enabled": True, "success_threshold": 2}

STORIES: dict[str, tuple[dict[str, Any], str]] = {
    "healthy stays clean": (
        {},
        """
        ok -> clean
        ok -> clean
        """,
    ),
    "three failed detections alert once, and the first success resets and resolves": (
        {},
        """
        failed/ok -> d1 injected
        failed    -> d2 injected
        failed    -> d3 injected alerted !alert
        failed    -> d4 injected alerted
        ok        -> !resolution
        ok        -> clean
        """,
    ),
    "a failure that recovers in time tells nobody": (
        {},
        """
        failed/ok -> d1 injected
        failed    -> d2 injected
        ok        -> clean
        failed/ok -> d1 injected
        """,
    ),
    "an error and a timeout are failures like any other": (
        {},
        """
        error/ok -> d1 injected
        timeout  -> d2 injected
        failed   -> d3 injected alerted !alert
        """,
    ),
    "what was injected is verified before its failed detection alerts": (
        {"max_failed_detections": 1},
        """
        failed/ok -> d1 injected
        failed    -> d2 injected alerted !alert
        """,
    ),
    "an injection in every period holds an alert back only the first time": (
        {"max_failed_detections": 2, "inject_each_period": True},
        """
        failed/ok -> d1 injected
        failed/ok -> d2 injected alerted !alert
        failed/ok -> d3 injected alerted
        """,
    ),
    "a failed injection alerts at once": (
        {},
        """
        failed/failed -> d1 i1 alerted !alert
        failed        -> d2 i1 alerted
        """,
    ),
    "max_failed_injections=3 really tries three times": (
        {"max_failed_injections": 3, "max_failed_detections": 9},
        """
        failed/failed  -> d1 i1
        failed/error   -> d2 i2
        failed/timeout -> d3 i3 alerted !alert
        failed         -> d4 i3 alerted
        """,
    ),
    "an injection that works in the end clears its failures": (
        {"max_failed_injections": 3, "max_failed_detections": 9},
        """
        failed/failed -> d1 i1
        failed/ok     -> d2 injected
        failed        -> d3 injected
        """,
    ),
    "an alert that fails is tried again in each period until it is delivered": (
        {"max_failed_detections": 1, "role": "detect"},
        """
        failed -> d1 !alert?
        failed -> d2 !alert?
        failed -> d3 alerted !alert
        failed -> d4 alerted
        """,
    ),
    "an alert that could not be delivered before the recovery is dropped with it": (
        {"max_failed_detections": 1, "role": "detect"},
        """
        failed -> d1 !alert?
        ok     -> clean
        """,
    ),
    "a resolution that fails is tried again": (
        {"max_failed_detections": 1, "role": "detect"},
        """
        failed -> d1 alerted !alert
        ok     -> resolve_due !resolution?
        ok     -> !resolution
        ok     -> clean
        """,
    ),
    "a resolution that failed is dropped when the event fails again": (
        {"max_failed_detections": 2, "role": "detect"},
        """
        failed -> d1
        failed -> d2 alerted !alert
        ok     -> resolve_due !resolution?
        failed -> d1
        """,
    ),
    "cooldown counts consecutive successes": (
        {"reset": COOLDOWN, "role": "detect", "max_failed_detections": 1},
        """
        failed -> d1 alerted !alert
        ok     -> d1 c1 alerted
        failed -> d2 alerted
        ok     -> d2 c1 alerted
        ok     -> !resolution
        """,
    ),
    "cooldown without an alert resets at once": (
        {"reset": COOLDOWN, "role": "detect"},
        """
        failed -> d1
        ok     -> clean
        """,
    ),
    "warmup ends after consecutive successes, and is not entered again": (
        {"warmup": WARMUP, "role": "detect", "max_failed_detections": 1},
        """
        failed -> warmup(0ok,1x)
        ok     -> warmup(1ok,2x)
        failed -> warmup(0ok,3x)
        ok     -> warmup(1ok,4x)
        ok     -> clean
        failed -> d1 alerted !alert
        ok     -> !resolution
        failed -> d1 alerted !alert
        """,
    ),
    "warmup ends after max_periods, and the failure in that period counts": (
        {"warmup": {**WARMUP, "max_periods": 2}, "role": "detect", "max_failed_detections": 1},
        """
        failed -> warmup(0ok,1x)
        failed -> d1 alerted !alert
        """,
    ),
    "warmup ends after max_periods with a success, too": (
        {"warmup": {**WARMUP, "max_periods": 1}},
        """
        ok        -> clean
        failed/ok -> d1 injected
        """,
    ),
    "an injection that fails in warmup alerts nobody and is tried again": (
        {"warmup": WARMUP},
        """
        failed/failed -> warmup(0ok,1x)
        failed/failed -> warmup(0ok,2x)
        failed/ok     -> warmup(0ok,3x) injected
        failed        -> warmup(0ok,4x) injected
        ok            -> warmup(1ok,5x) injected
        ok            -> clean
        """,
    ),
    "a verified injection makes the period a success": (
        {"max_failed_detections": 1},
        """
        failed/ok/ok     -> clean
        failed/ok/failed -> d1 injected
        failed           -> d2 injected alerted !alert
        """,
    ),
    "a verified injection counts in a cooldown": (
        {"reset": COOLDOWN, "max_failed_injections": 2, "max_failed_detections": 1},
        """
        failed/failed -> d1 i1 alerted !alert
        failed/ok/ok  -> d1 c1 injected alerted
        ok            -> !resolution
        """,
    ),
    "an inject-only event injects, once": (
        {"role": "inject"},
        """
        -/ok -> injected
        -    -> injected
        """,
    ),
    "an inject-only event injects in every period where it should": (
        {"role": "inject", "inject_each_period": True},
        """
        -/ok -> injected
        -/ok -> injected
        """,
    ),
    "an inject-only event goes on trying, so that it can recover": (
        {"role": "inject", "max_failed_injections": 2},
        """
        -/failed -> i1
        -/failed -> i2 alerted !alert
        -/failed -> i3 alerted
        -/ok     -> injected !resolution
        -        -> injected
        """,
    ),
    "an inject-only event cools down by further injections": (
        {"role": "inject", "reset": COOLDOWN},
        """
        -/failed -> i1 alerted !alert
        -/ok     -> c1 injected alerted
        -/failed -> i1 injected alerted
        -/ok     -> c1 injected alerted
        -/ok     -> injected !resolution
        -        -> injected
        """,
    ),
    "an inject-only event warms up by its injections": (
        {"role": "inject", "warmup": WARMUP},
        """
        -/failed -> warmup(0ok,1x)
        -/ok     -> warmup(1ok,2x) injected
        -/ok     -> injected
        -        -> injected
        """,
    ),
    "reminders are timed from the last delivery, and end with the recovery": (
        {"role": "detect", "max_failed_detections": 1, "reminder_sec": 600},
        """
        failed -> d1 alerted !alert
        failed -> d2 alerted
        failed -> d3 alerted !reminder?
        failed -> d4 alerted !reminder
        failed -> d5 alerted
        failed -> d6 alerted !reminder
        60 minutes later
        ok     -> !resolution
        """,
    ),
    "no reminder in a successful period of a cooldown": (
        {
            "role": "detect",
            "max_failed_detections": 1,
            "reminder_sec": 600,
            "reset": {"mode": "cooldown"},
        },
        """
        failed -> d1 alerted !alert
        60 minutes later
        ok     -> d1 c1 alerted
        failed -> d2 alerted !reminder
        """,
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_story(name: str) -> None:
    options, lines = STORIES[name]
    follow(policy(**options), lines)


def test_an_inject_worker_waits_for_the_detect_worker_s_first_word() -> None:
    inject_worker = policy(worker_role="inject")
    follow(inject_worker, "- -> clean", State(healthy=None))
    follow(inject_worker, "- -> clean", State(healthy=True))
    follow(inject_worker, "-/ok -> d1 injected", State(healthy=False, detection_failures=1))


def test_an_inject_event_with_a_detector_injects_only_while_that_sees_it_fail() -> None:
    sharing = policy(role="inject")
    follow(sharing, "- -> clean", State(healthy=True))
    follow(sharing, "-/failed -> d1 i1 alerted !alert", State(healthy=False, detection_failures=1))
    follow(sharing, "- -> i1 alerted", State(healthy=False, injection_failures=1, alerted=True))


def test_an_injection_counts_for_nothing_once_the_detector_sees_the_event_recovered() -> None:
    inject_worker = policy(worker_role="inject")
    for outcome in Outcome:
        seen = Observation(injection=outcome, first_injection=True)
        assert step(inject_worker, State(healthy=True), seen, BEGIN) == State(healthy=True)


def test_a_warmup_switched_off_is_over_whatever_is_stored() -> None:
    stored = State(in_warmup=True, warmup_counter=1, warmup_periods=7)
    assert show(restored(policy(), stored)) == "clean"


def test_without_a_resolve_callback_no_resolution_is_owed() -> None:
    silent = policy(resolve=None, role="detect", max_failed_detections=1)
    follow(silent, "failed -> d1 alerted !alert\n ok -> clean")
    assert restored(silent, State(healthy=True, resolve_due=True)) == State(healthy=True)


def test_a_live_claim_of_another_run_keeps_this_one_from_delivering() -> None:
    detector = policy(role="detect", max_failed_detections=1)
    theirs = Claim("theirs", BEGIN + timedelta(seconds=30))
    mine = Claim("mine", BEGIN + timedelta(seconds=40))
    claimed = State(healthy=False, detection_failures=1, alert_claim=theirs)
    failed = Observation(Outcome.FAILED)

    state, effect = fold_period(detector, claimed, failed, BEGIN, mine)
    assert effect is None
    assert state.alert_claim == theirs
    assert state.detection_failures == 2

    state, effect = fold_period(detector, claimed, failed, theirs.expires, mine)
    assert effect is Effect.ALERT
    assert state.alert_claim == mine


def test_a_claim_outlives_a_recovery_so_that_a_second_failure_does_not_alert_meanwhile() -> None:
    detector = policy(role="detect", max_failed_detections=1)
    theirs = Claim("theirs", BEGIN + timedelta(seconds=30))
    claimed = State(healthy=False, detection_failures=1, alert_claim=theirs)
    recovered = step(detector, claimed, Observation(Outcome.OK), BEGIN)
    mine = Claim("mine", BEGIN + timedelta(seconds=40))
    _, effect = fold_period(detector, recovered, Observation(Outcome.FAILED), BEGIN, mine)
    assert effect is None


def test_an_alert_delivered_while_the_event_recovered_is_resolved_afterwards() -> None:
    detector = policy(role="detect", max_failed_detections=1)
    recovered = State(healthy=True, alert_claim=Claim("run", BEGIN + timedelta(seconds=30)))
    alerted = fold_delivery(recovered, Effect.ALERT, Outcome.OK, "run", BEGIN)
    follow(detector, "ok -> !resolution", alerted)


def test_a_reminder_delivered_while_the_event_recovered_leaves_it_recovered() -> None:
    assert fold_delivery(State(healthy=True), Effect.REMINDER, Outcome.OK, "r", BEGIN) == State(
        healthy=True
    )


def test_nothing_is_due_for_a_state_at_defaults() -> None:
    assert due(policy(), State(), Observation(Outcome.OK), BEGIN) is None


def test_failing_since_is_set_once() -> None:
    detector = policy(role="detect")
    first = step(detector, State(), Observation(Outcome.FAILED), BEGIN)
    second = step(detector, first, Observation(Outcome.FAILED), BEGIN + timedelta(minutes=5))
    assert first.failing_since == second.failing_since == BEGIN

    injector = policy(role="inject")
    first = step(injector, State(), Observation(injection=Outcome.ERROR), BEGIN)
    second = step(injector, first, Observation(injection=Outcome.ERROR), BEGIN + PERIOD)
    assert first.failing_since == second.failing_since == BEGIN
