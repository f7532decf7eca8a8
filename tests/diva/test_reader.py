"""Events are read anew whenever they read otherwise than in the period before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from diva.policy import Policies, read_policies
from diva.reader import PolicyReader


def detect(name: str) -> bool:
    return True


def other(name: str) -> bool:
    return False


class Checks:
    def detect(self, name: str) -> bool:
        return True

    def __call__(self, name: str) -> bool:
        return True


def events(**options: Any) -> dict[str, dict[str, Any]]:
    return {"orders": {"role": "detect", "detect": detect, **options}}


def read(given: Mapping[Any, Any]) -> Policies:
    return read_policies(given, 5.0, "detect")


WINDOW = {"start": "22:00", "duration_min": 60, "days": ["Sat"]}

CHANGES: dict[str, tuple[Any, Any]] = {
    "another function": (events(), events(detect=other)),
    "another event": (events(), {**events(), "invoices": events()["orders"]}),
    "one event less": ({**events(), "invoices": events()["orders"]}, events()),
    "another order": ({"a": {}, "b": {}}, {"b": {}, "a": {}}),
    "another number": (events(max_failed_detections=1), events(max_failed_detections=2)),
    "True for 1": (events(max_failed_detections=1), events(max_failed_detections=True)),
    "1.0 for 1": (events(max_failed_detections=1), events(max_failed_detections=1.0)),
    "deep inside": (
        events(maintenance=[WINDOW]),
        events(maintenance=[{**WINDOW, "days": ["Sun"]}]),
    ),
    "a list that is no list": (events(depends_on=[]), events(depends_on={})),
    "a misspelt option": (events(reset={}), events(reest={})),
    "no dict": (events(), {"orders": None}),
}


@pytest.mark.parametrize(("before", "after"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(before: Any, after: Any) -> None:
    reader = PolicyReader(5.0, "detect", ())
    assert reader.read(before) == read(before)
    changed = reader.read(after)
    assert (changed, list(changed.valid)) == (read(after), list(read(after).valid))
    assert reader.read(before) == read(before)


def test_what_is_changed_in_place_is_seen() -> None:
    reader = PolicyReader(None, None, ())
    given = events(maintenance=[{**WINDOW, "days": ["Sat"]}], reset={"mode": "fast"})
    reader.read(given)
    given["orders"]["reset"]["mode"] = "cooldown"
    assert reader.read(given).valid["orders"].reset.mode == "cooldown"
    given["orders"]["maintenance"][0]["days"].append("Sun")
    assert reader.read(given).valid["orders"].maintenance[0].days == ("Sat", "Sun")
    given["orders"]["detect"] = other
    assert reader.read(given).valid["orders"].detect is other
    del given["orders"]
    assert not reader.read(given).valid


@pytest.mark.parametrize(
    "make",
    [events, lambda: events(detect=Checks().detect), lambda: events(detect=lambda name: True)],
    ids=["functions", "methods", "lambdas"],
)
def test_the_functions_of_this_period_are_called(make: Any) -> None:
    reader = PolicyReader(None, None, ())
    for _ in range(2):
        given = make()
        assert reader.read(given).valid["orders"].detect == given["orders"]["detect"]


def test_what_is_the_same_is_read_once() -> None:
    checks = Checks()
    reader = PolicyReader(None, None, ())
    first = reader.read(events(resolve=checks.detect, reset={"mode": "cooldown"}, retry={}))
    assert reader.read(events(resolve=checks.detect, reset={"mode": "cooldown"}, retry={})) is first


def test_a_callable_object_may_have_changed_and_is_read_again() -> None:
    reader = PolicyReader(None, None, ())
    given = events(detect=Checks())
    assert reader.read(given) is not reader.read(given)


def test_options_that_contain_themselves_are_a_problem_like_others() -> None:
    loop: list[Any] = []
    loop.append(loop)
    problems = PolicyReader(None, None, ()).read(events(maintenance=loop)).problems
    assert len(problems) == 1
