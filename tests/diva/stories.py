"""Periods of one event written as lines of text, and the machine run along them.

A line is `detect[/inject[/verify]] -> state`, as in `failed/ok -> d1 injected`. What a
callback does is ok, failed, error, timeout or - (not called). An inject stands there exactly
where the rules want one. The state names the counters that are not at their defaults, and
`!alert`, `!reminder` or `!resolution` where one is delivered, `!alert?` where that fails.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from diva.machine import (
    Observation,
    Outcome,
    fold_delivery,
    fold_period,
    injection_due,
    restored,
    step,
)
from diva.policy import Policy, read_policies
from diva.state import Claim, State

BEGIN = datetime(2026, 1, 1, tzinfo=timezone.utc)
PERIOD = timedelta(minutes=5)


def callback(argument: object) -> bool:
    return bool(argument)


def policy(worker_role: str | None = None, **options: Any) -> Policy:
    """Return a valid policy with all callbacks and the given options."""
    every = dict.fromkeys(("detect", "inject", "alert", "resolve"), callback)
    policies = read_policies({"event": {**every, **options}}, worker_role=worker_role)
    assert not policies.problems
    return policies.valid["event"]


def show(state: State, effect: str = "") -> str:
    """Return what differs from the defaults in words, as the lines have it."""
    words = [
        f"{letter}{count}"
        for letter, count in (
            ("d", state.detection_failures),
            ("i", state.injection_failures),
            ("c", state.cooldown_counter),
        )
        if count
    ]
    if state.in_warmup:
        words.append(f"warmup({state.warmup_counter}ok,{state.warmup_periods}x)")
    words += [name for name in ("injected", "alerted", "resolve_due") if getattr(state, name)]
    return " ".join([*words, effect]).strip() or "clean"


def follow(policy: Policy, lines: str, state: State | None = None) -> None:
    """Run the machine along `lines`, and fail at the first that says something else."""
    state = restored(policy, state)
    now = BEGIN
    for number, line in enumerate(filter(str.strip, lines.splitlines()), start=1):
        if "later" in line:
            now += timedelta(minutes=int(line.split()[0]))
            continue
        seen_text, expected = (part.strip() for part in line.split("->"))
        calls = [None if word == "-" else Outcome(word) for word in seen_text.split("/")]
        detection, injection, verification = (*calls, None, None, None)[:3]
        detected = step(policy, state, Observation(detection), now)
        assert injection_due(policy, detected) is (injection is not None), f"line {number}: {line}"
        seen = Observation(detection, injection, not state.injected, verification)
        claim = Claim(f"run {number}", now + PERIOD / 2)
        state, effect = fold_period(policy, state, seen, now, claim)
        note = ""
        if effect is not None:
            fails = expected.endswith("?")
            outcome = Outcome.ERROR if fails else Outcome.OK
            state = fold_delivery(state, effect, outcome, claim.run_id, now)
            note = f"!{effect.value}{'?' if fails else ''}"
        assert show(state, note) == " ".join(expected.split()), f"line {number}: {line}"
        assert state.alert_claim is None
        now += PERIOD
