"""Events that wait: in a maintenance window, and for the events they depend on."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from .world import World

NIGHTLY = [{"start": "00:00", "duration_min": 20}]


@pytest.fixture(params=[False, True], ids=["shared", "separate"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Its first period is at 00:05, in the window; the fourth, at 00:20, is the first after it."""
    return World(tmp_path, separate=request.param)


def test_in_maintenance_failures_count_but_injection_and_alert_wait(world: World) -> None:
    world.add("orders", max_failed_detections=2, maintenance=NIGHTLY)
    world.answers["detect orders"] = False
    seen = [world.period()["orders"] for _ in range(3)]
    assert seen == ["maintenance"] * 3
    assert world.calls == ["detect orders"] * 3
    assert world.state("orders")["detection_failures"] == 3
    assert world.period() == {"orders": "injected"}
    assert world.period() == {"orders": "failed_detection (5/2) alerted"}


def test_what_recovers_in_maintenance_alerts_nobody(world: World) -> None:
    world.add("orders", role="detect", max_failed_detections=1, maintenance=NIGHTLY)
    world.answers["detect orders"] = False
    world.period()
    world.answers["detect orders"] = True
    seen = [world.period()["orders"] for _ in range(4)]
    assert seen == ["ok"] * 4
    assert world.messages == []


def test_a_resolution_is_sent_in_maintenance(world: World) -> None:
    world.clock.time = datetime(2025, 12, 31, 23, 50, tzinfo=timezone.utc)
    options = {"max_failed_detections": 1, "resolve": world.told("resolve", "orders")}
    world.add("orders", role="detect", maintenance=NIGHTLY, **options)
    world.answers["detect orders"] = False
    assert world.period() == {"orders": "failed_detection (1/1) alerted"}
    world.answers["detect orders"] = True
    assert world.period() == {"orders": "ok resolved"}


def test_no_reminder_in_maintenance(world: World) -> None:
    world.clock.time = datetime(2025, 12, 31, 23, 50, tzinfo=timezone.utc)
    world.add(
        "orders",
        role="detect",
        max_failed_detections=1,
        reminder_sec=300,
        maintenance=NIGHTLY,
    )
    world.answers["detect orders"] = False
    seen = [world.period()["orders"] for _ in range(6)]
    assert seen == [
        "failed_detection (1/1) alerted",
        "maintenance",
        "maintenance",
        "maintenance",
        "maintenance",
        "failed_detection (6/1) alerted",
    ]


def test_windows_of_the_module_hold_for_every_event(world: World) -> None:
    world.maintenance = NIGHTLY
    world.add("orders", role="detect", max_failed_detections=1)
    world.add("feed", role="inject")
    world.answers["detect orders"] = False
    assert world.period() == {"orders": "maintenance", "feed": "maintenance"}
    assert world.calls == ["detect orders"]


def test_while_its_cause_fails_an_event_waits(world: World) -> None:
    world.add("orders", max_failed_detections=1, depends_on=["database"])
    world.add("database", role="detect", max_failed_detections=9)
    world.answers = {"detect orders": False, "detect database": False}
    assert world.period() == {
        "orders": "blocked (database)",
        "database": "failed_detection (1/9)",
    }
    assert world.period()["orders"] == "blocked (database)"
    assert "inject orders" not in world.calls
    assert world.state("orders")["detection_failures"] == 2
    world.answers["detect database"] = True
    assert world.period()["orders"] == "injected"
    assert world.period()["orders"] == "failed_detection (4/1) alerted"


def test_a_cause_that_is_repaired_in_this_period_blocks_nobody(world: World) -> None:
    repaired = iter([False, True])
    world.add("orders", depends_on=["database"])
    world.add("database", verify={"attempts": 1, "delay_sec": 0})
    world.answers = {"detect orders": False, "detect database": lambda: next(repaired)}
    assert world.period() == {"orders": "injected", "database": "verified"}


def test_an_event_that_is_healthy_does_not_ask_for_its_causes(world: World) -> None:
    world.add("orders", depends_on=["database"])
    world.add("database", role="detect")
    world.answers["detect database"] = False
    assert world.period()["orders"] == "ok"


def test_causes_run_first_even_one_after_the_other(world: World) -> None:
    world.workers, world.ordered = 1, True
    world.new_process()
    world.add("page", role="detect", depends_on=["orders"])
    world.add("orders", role="detect", depends_on=["database"])
    world.add("database", role="detect")
    world.answers = dict.fromkeys(("detect page", "detect orders", "detect database"), False)
    assert world.period() == {
        "page": "blocked (orders)",
        "orders": "blocked (database)",
        "database": "failed_detection (1/3)",
    }
    assert world.calls == ["detect database", "detect orders", "detect page"]


def test_a_cause_with_a_mistake_counts_as_it_was_last_seen(world: World) -> None:
    world.add("orders", depends_on=["database"])
    world.add("database", role="detect")
    world.answers = {"detect orders": False, "detect database": False}
    world.period()
    world.events["database"]["role"] = "dtect"
    assert world.period() == {"orders": "injected", "database": "invalid"}


def test_an_inject_worker_waits_for_a_cause_that_the_detect_worker_saw_failing(
    tmp_path: Path,
) -> None:
    detector, injector = World(tmp_path), World(tmp_path, worker_role="inject")
    detector.worker_role = "detect"
    for each in (detector, injector):
        each.add("orders", depends_on=["database"])
        each.add("database", max_failed_injections=9)
    detector.answers = {"detect orders": False, "detect database": False}
    injector.answers["inject database"] = False
    detector.period()
    assert injector.period() == {
        "orders": "blocked (database)",
        "database": "failed_injection (1/9)",
    }
    assert injector.calls == ["inject database"]


@pytest.mark.parametrize(
    ("depends_on", "problem"),
    [
        ("database", "depends_on is 'database'; it must be a list of names"),
        (["datbase"], "depends_on names 'datbase', which is no event; did you mean 'database'?"),
        (["orders"], "depends_on leads in a circle: orders → orders"),
    ],
)
def test_a_wrong_dependency_is_named(world: World, depends_on: object, problem: str) -> None:
    world.add("orders", depends_on=depends_on)
    world.add("database")
    assert world.period() == {"database": "ok", "orders": "invalid"}
    assert world.problems == (f"event 'orders': {problem}",)


def test_every_event_of_a_circle_is_invalid_and_the_others_run(world: World) -> None:
    world.add("a", depends_on=["b"])
    world.add("b", depends_on=["c"])
    world.add("c", depends_on=["a"])
    world.add("sound", depends_on=["a"])
    assert world.period() == {"a": "invalid", "b": "invalid", "c": "invalid", "sound": "ok"}
    assert len(world.problems) == 3


def test_each_of_several_circles_is_found(world: World) -> None:
    for one, other in ("ab", "ba", "cd", "dc"):
        world.add(one, depends_on=[other])
    world.add("sound")
    assert world.period() == {
        "sound": "ok",
        **dict.fromkeys("abcd", "invalid"),
    }
    assert len(world.problems) == 4
