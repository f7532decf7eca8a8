"""The diagram of phases, in the code and in the README, against what the rules really do."""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from diva import machine
from diva.machine import (
    Effect,
    Observation,
    Outcome,
    Phase,
    fold_delivery,
    fold_period,
    phase,
    restored,
)
from diva.policy import Policy, Reset, Warmup
from diva.state import Claim, State

from .clocks import BEGIN

README = Path(__file__).resolve().parents[2] / "README.md"
CLAIM = Claim("run", BEGIN + timedelta(minutes=1))
OK, FAILED = Outcome.OK, Outcome.FAILED
LARGEST = 3
"""Counters beyond their limits make no difference, and stay at this."""

Edge = tuple[str, str, str]
START = "[*]"


def policies() -> Iterator[Policy]:
    """Yield policies with every combination of the options that lead to another phase."""
    roles = [
        Policy("event", "both", detect=bool, inject=bool),
        Policy("event", "detect", detect=bool),
        Policy("event", "inject", inject=bool),
    ]
    resets = [Reset("fast"), Reset("cooldown", 1), Reset("cooldown", 2)]
    warmups = [Warmup(), Warmup(True, 2), Warmup(True, 2, max_periods=2)]
    for role, reset, warmup, often, limit, resolve in itertools.product(
        roles, resets, warmups, [False, True], [1, 2], [None, bool]
    ):
        yield replace(
            role,
            reset=reset,
            warmup=warmup,
            inject_each_period=often,
            max_failed_detections=limit,
            max_failed_injections=limit,
            resolve=resolve,
        )


def observations(policy: Policy) -> list[Observation]:
    """Return what a period of such an event can come to."""
    if not policy.detects:
        return [
            Observation(injection=OK, first_injection=True),
            Observation(injection=FAILED),
            Observation(),
        ]
    seen = [Observation(OK), Observation(FAILED)]
    if policy.injects:
        seen += [
            Observation(FAILED, each, first) for each in (OK, FAILED) for first in (True, False)
        ]
        seen.append(Observation(FAILED, OK, first_injection=True, verification=OK))
    return seen


def explored(policy: Policy) -> Iterator[Edge]:
    """Yield every change of phase that an event can go through, whoever runs in between."""
    start = restored(policy, None)
    yield START, phase(start).value, ""
    found: set[tuple[State, Effect | None]] = {(start, None)}
    waiting = deque(found)
    while waiting:
        state, claimed = waiting.popleft()
        after: list[tuple[str, State, Effect | None]] = []
        for seen in observations(policy):
            new, effect = fold_period(policy, state, seen, BEGIN, CLAIM)
            succeeded = seen.healthy or (not policy.detects and seen.injection is OK)
            after.append(("success" if succeeded else "failure", new, claimed or effect))
        if claimed:
            for outcome in (OK, FAILED):
                new = fold_delivery(state, claimed, outcome, CLAIM.run_id, BEGIN)
                after.append((f"{claimed.value} delivered", new, None))
        for label, new, effect in after:
            if phase(new) is not phase(state):
                yield phase(state).value, phase(new).value, label
            node = bounded(new), effect
            if node not in found:
                found.add(node)
                waiting.append(node)


def bounded(state: State) -> State:
    return replace(
        state,
        detection_failures=min(state.detection_failures, LARGEST),
        injection_failures=min(state.injection_failures, LARGEST),
        warmup_periods=min(state.warmup_periods, LARGEST),
    )


def drawn(text: str) -> list[Edge]:
    """Return the edges of the state diagram in `text`."""
    diagram = text.split("stateDiagram-v2\n")[1].split("\n\n")[0].split("```")[0]
    edges = re.findall(r"^ +(\S+) --> (\w+)(?:: (.+))?$", diagram, re.M)
    assert len(edges) == len(diagram.strip().splitlines())
    return edges


@pytest.mark.parametrize("text", [machine.__doc__, README.read_text()], ids=["machine", "README"])
def test_the_diagram_shows_every_change_of_phase_and_no_other(text: str) -> None:
    edges = drawn(text)
    assert len(set(edges)) == len(edges)
    assert set(edges) == {edge for policy in policies() for edge in explored(policy)}


def test_every_phase_is_reached() -> None:
    reached = {to for policy in policies() for _, to, _ in explored(policy)}
    assert reached == {each.value for each in Phase}
