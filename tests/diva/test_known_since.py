"""The time since which the incidents in the state are complete."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.diva.file_store import FileStore
from diva.machine import restored, step
from diva.policy import Policy
from diva.state import State, from_record, to_record
from diva.stores import Changes

from .stories import BEGIN, PERIOD, policy
from .test_incidents import observed
from .world import World

FIRST = int(BEGIN.timestamp())
SECOND = int((BEGIN + PERIOD).timestamp())


def known_since(policy: Policy, periods: str) -> int | None:
    state = restored(policy, None)
    for number, text in enumerate(periods.split()):
        state = step(policy, state, observed(text), BEGIN + number * PERIOD)
    return state.known_since


@pytest.mark.parametrize(
    ("options", "periods", "expected"),
    [
        ({}, "+ + - +", FIRST),
        ({}, "- - + -", FIRST),
        ({"role": "inject"}, ".+ .+", FIRST),
        ({"role": "inject"}, ".- .+", FIRST),
        # Failures in warmup do not count.
        ({"warmup": {"enabled": True, "success_threshold": 1}}, "- +", SECOND),
        ({"warmup": {"enabled": True, "max_periods": 2}}, "- -", SECOND),
        ({"warmup": {"enabled": True}}, "- +", None),
    ],
)
def test_it_is_the_time_of_the_first_result_that_counts(
    options: dict[str, Any], periods: str, expected: int | None
) -> None:
    assert known_since(policy(**options), periods) == expected


def test_it_is_no_reason_to_write() -> None:
    healthy = State(healthy=True)  # as a version without history has left it
    assert step(policy(), healthy, observed("+"), BEGIN) is healthy


def test_it_survives_an_older_version_and_a_reset(tmp_path: Path) -> None:
    record = to_record(State(healthy=True, known_since=FIRST))
    older: Changes = {"orders": {"healthy": False}}
    store = FileStore(tmp_path / "state.json")
    store.write(store.read(), {"orders": record})
    for changes in (older, {"orders": to_record(State())}):
        store.write(store.read(), changes)
        assert from_record(store.read().records["orders"]).known_since == FIRST


@pytest.mark.parametrize("malformed", ["2026", True, 1.5, None, [FIRST]])
def test_what_is_malformed_is_not_known_and_nothing_else_is_lost(malformed: object) -> None:
    state = from_record({"healthy": False, "detection_failures": 2, "known_since": malformed})
    assert (state.known_since, state.detection_failures) == (None, 2)


def test_the_first_run_stores_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add("orders")
    world.period()
    first = world.state("orders")["known_since"]
    assert first == int(world.clock.now().timestamp())
    world.answers["detect orders"] = False
    world.period()
    assert world.state("orders")["known_since"] == first
