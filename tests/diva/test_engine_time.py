"""Deadlines, hung callbacks, order and overlap."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.diva.file_store import FileStore
from diva.report import log
from diva.stores import Changes, Snapshot, StoreError
from tests.processes import PATIENCE_SEC

from .world import REMAINING_SEC, World

# More than a run observes, and less than it has to deliver and save as well.
TOO_LATE_TO_OBSERVE_SEC = 0.6 * REMAINING_SEC


@contextmanager
def logged(text: str) -> Iterator[threading.Event]:
    """Give an event that is set once a line with `text` has been logged."""
    found = threading.Event()

    def look(record: logging.LogRecord) -> bool:
        if text in record.getMessage():
            found.set()
        return True

    log.addFilter(look)
    level = log.level
    log.setLevel(logging.INFO)
    try:
        yield found
    finally:
        log.setLevel(level)
        log.removeFilter(look)


@pytest.fixture(params=[False, True], ids=["shared", "separate"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return World(tmp_path, separate=request.param)


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What hung callbacks wait for; opened at the end, so that their threads end with the test."""
    event = threading.Event()
    yield event
    event.set()


def test_a_hung_detect_does_not_cost_the_others_their_state_or_alerts(
    world: World, gate: threading.Event
) -> None:
    world.add("hung", role="detect")
    world.add("broken", role="detect", max_failed_detections=1)
    hang = world.clock.hang(TOO_LATE_TO_OBSERVE_SEC, gate)
    with logged("Detection for event 'broken' failed") as failed:
        world.answers = {
            "detect hung": lambda: failed.wait(PATIENCE_SEC) and hang(),
            "detect broken": False,
        }
        assert world.period() == {"hung": "timeout", "broken": "failed_detection (1/1) alerted"}
    assert world.state("broken")["alerted"] is True
    assert world.state("hung")["detection_failures"] == 1


def test_a_callback_past_its_own_limit_is_a_timeout_and_the_event_goes_on(
    world: World, gate: threading.Event
) -> None:
    world.add("orders", timeout_sec=1)
    world.answers["detect orders"] = world.clock.hang(1, gate)
    assert world.period() == {"orders": "injected"}
    assert world.state("orders")["last_error"] == "detect did not return in time"


def test_a_callback_still_running_in_the_next_period_is_not_called_again(
    world: World, gate: threading.Event
) -> None:
    world.add("orders", role="detect", timeout_sec=1)
    world.answers["detect orders"] = world.clock.hang(1, gate)
    seen = [world.period()["orders"] for _ in range(3)]
    assert seen == ["timeout", "timeout", "timeout alerted"]
    assert world.calls == ["detect orders", "alert orders"]
    gate.set()
    world.answers["detect orders"] = True
    begun = time.monotonic()
    while world.period() != {"orders": "ok"}:
        assert time.monotonic() < begun + PATIENCE_SEC, "its thread has not ended"


def test_a_hung_alert_is_tried_again_once_it_is_over(world: World, gate: threading.Event) -> None:
    world.add("orders", role="detect", max_failed_detections=1, timeout_sec=1)
    world.answers = {"detect orders": False, "alert orders": world.clock.hang(1, gate)}
    assert world.period() == {"orders": "failed_detection (1/1)"}
    assert world.period() == {"orders": "failed_detection (2/1)"}
    assert world.calls.count("alert orders") == 1
    world.new_process()
    world.answers["alert orders"] = None
    assert world.period() == {"orders": "failed_detection (3/1) alerted"}


def test_an_event_that_gets_no_turn_keeps_its_state(world: World, gate: threading.Event) -> None:
    world.add("hung", role="detect")
    world.add("late", role="detect")
    world.workers, world.ordered = 1, True
    world.new_process()
    world.answers["detect late"] = False
    world.period()
    before = world.state("late")
    world.answers["detect hung"] = world.clock.hang(TOO_LATE_TO_OBSERVE_SEC, gate)
    result = world.result()
    assert result["results"] == {"hung": "timeout", "late": "not_run"}
    assert result["not_run"] == 1
    assert world.state("late") == before


def test_without_parallel_events_they_run_in_the_given_order(world: World) -> None:
    world.workers, world.ordered = 1, True
    world.new_process()
    for name in "cab":
        world.add(name, role="detect")
    for number in range(3):
        world.calls.clear()
        world.period(f"run {number}")
        assert world.calls == ["detect c", "detect a", "detect b"]


def test_the_order_rotates_so_that_no_event_is_always_last(world: World) -> None:
    world.workers = 1
    world.new_process()
    for name in "abcd":
        world.add(name, role="detect")
    orders = set()
    for number in range(50):
        world.calls.clear()
        world.period(f"run {number}")
        orders.add("".join(call[-1] for call in world.calls))
    assert orders == {"abcd", "bcda", "cdab", "dabc"}


def test_two_overlapping_runs_send_one_alert_and_lose_no_failure(world: World) -> None:
    """The second run begins and ends while the first is in its detect."""
    other = World(world.folder, separate=world.separate)
    for each in (world, other):
        each.add("orders", role="detect", max_failed_detections=1)
        each.answers["detect orders"] = False
    world.answers["detect orders"] = lambda: bool(other.period("other")) and False
    world.period("one")
    assert world.calls.count("alert orders") + other.calls.count("alert orders") == 1
    assert world.state("orders")["detection_failures"] == 2


def test_a_run_that_finds_an_alert_being_delivered_leaves_it(world: World) -> None:
    """The second run begins and ends while the first is in its alert."""
    other = World(world.folder, separate=world.separate)
    for each in (world, other):
        each.add("orders", role="detect", max_failed_detections=1)
        each.answers["detect orders"] = False
    world.answers["alert orders"] = lambda: other.period("other")
    world.period("one")
    assert (world.calls.count("alert orders"), other.calls.count("alert orders")) == (1, 0)
    assert world.state("orders")["alerted"] is True
    assert world.state("orders")["detection_failures"] == 2


def test_an_alert_claimed_by_a_run_that_was_killed_is_sent_by_the_next(world: World) -> None:
    class Killed(BaseException):
        """What ends the first run between its claim and its alert."""

    class Deadly(FileStore):
        def write(self, snapshot: Snapshot, changes: Changes) -> Snapshot:
            super().write(snapshot, changes)
            raise Killed

    world.separate = False
    world.add("orders", role="detect", max_failed_detections=1)
    world.answers["detect orders"] = False
    world.make_store = Deadly
    with pytest.raises(Killed):
        world.period("killed")
    assert world.calls == ["detect orders"]
    world.make_store = FileStore
    assert world.period("next") == {"orders": "failed_detection (2/1) alerted"}


def test_detect_and_inject_workers_lose_none_of_each_other_s_counters(tmp_path: Path) -> None:
    detector = World(tmp_path)
    injector = World(tmp_path)
    options = {"max_failed_detections": 9, "max_failed_injections": 9}
    detector.add("orders", role="detect", **options)
    injector.add("orders", role="inject", **options)
    detector.answers["detect orders"] = False
    detector.period("first")
    injector.answers["inject orders"] = lambda: bool(detector.period("detect")) and False
    for number in range(4):
        injector.period(f"inject {number}")
    assert detector.state("orders")["detection_failures"] == 5
    assert detector.state("orders")["injection_failures"] == 4


def test_a_failing_save_fails_the_run(world: World) -> None:
    class ReadOnly(FileStore):
        def write(self, snapshot: Snapshot, changes: Changes) -> Snapshot:
            raise StoreError("state could not be written")

    world.make_store = ReadOnly
    world.separate = False
    world.add("orders", role="detect", max_failed_detections=1)
    world.answers["detect orders"] = False
    with pytest.raises(StoreError, match="could not be written"):
        world.period()
    assert "alert orders" not in world.calls, "an alert that cannot be claimed could be sent twice"


def test_state_of_an_event_no_longer_defined_is_dropped_at_the_next_write(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.add("old")
    world.add("orders", role="detect")
    world.period()
    del world.events["old"]
    world.period()
    assert world.state("old")["healthy"] is True, "nothing changed, so nothing was written"
    world.answers["detect orders"] = False
    world.period()
    with pytest.raises(KeyError):
        world.state("old")
