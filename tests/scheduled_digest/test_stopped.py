"""Runs that are killed, and runs of one period that overlap."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest

from cli.demo.digests.web import Answer, Request, Respond
from scheduled_digest import lambda_function

from .conftest import AT, World
from .service import TIMEOUT_SEC, Life, silently

NOW = datetime.fromtimestamp(AT, timezone.utc)
EVENT = {"frequency": "daily", "cleanup": True}
OLD = {"deleted": True, "deleted_at": NOW - timedelta(days=31)}
STEPS = 36
"""More than a run with three monitors takes."""


@pytest.mark.parametrize("steps", range(STEPS))
def test_a_run_that_is_killed_at_any_point_is_made_up_for(world: World, steps: int) -> None:
    world.database.add([{}, {}, OLD, {}])
    world.service.life = Life(steps)
    world.service.run(EVENT)
    assert world.backend.digests.keys() == {f"daily#2026-11-23#{each}" for each in (1, 2, 4)}
    # A digest is asked for again only if its run was killed before it was recorded.
    assert set(world.backend.asked.values()) <= {1, 2}
    assert world.database.ids() == {1, 2, 4}
    assert not world.service.dead
    last = STEPS - 1
    assert steps < last or world.service.runs == 1, f"a run has more than {last} steps"
    assert {item["status"]["S"] for item in world.tables.items.values()} == {"sent"}


@pytest.mark.parametrize("steps", [1, 12, 25, 40, 55, 70, 85])
def test_a_run_that_is_killed_while_it_continues_is_made_up_for(world: World, steps: int) -> None:
    world.database.add([{}] * 12)

    def slow(request: Request, respond: Respond) -> Answer:
        answer = respond(request)
        world.clock.sleep(60)
        return answer

    world.site.choose = lambda request: slow
    world.service.life = Life(steps)
    world.service.run({"frequency": "daily", "time": "2026-11-23T13:00:00Z"})
    world.service.redrive()
    assert len(world.backend.digests) == 12


def test_a_lease_of_a_killed_run_is_waited_for(world: World) -> None:
    world.database.add([{}])

    def dying(request: Request, respond: Respond) -> Answer:
        world.service.life.steps = 0
        return respond(request)

    world.site.faults.append(dying)
    world.service.run(EVENT)
    assert world.backend.asked == {"daily#2026-11-23#1": 2}
    assert world.clock.now >= AT + TIMEOUT_SEC  # no sooner than the killed run has ended for sure
    assert world.service.runs == 2


def test_two_runs_of_a_period_at_once_ask_once(world: World) -> None:
    world.database.add([{}] * 30)
    lambda_function.runtime()
    runs = [
        threading.Thread(target=silently, args=(world.service, EVENT), name=str(number))
        for number in range(2)
    ]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    world.service.work()
    assert world.backend.asked == {f"daily#2026-11-23#{each}": 1 for each in range(1, 31)}


def test_a_run_inside_another_one_leaves_its_digests_to_it(world: World) -> None:
    world.database.add([{}] * 3)
    values: list[dict[str, float]] = []

    def with_another_run(request: Request, respond: Respond) -> Answer:
        values.append(world.service.call(EVENT, "another"))
        return respond(request)

    world.site.faults.append(with_another_run)
    world.service.call(EVENT)
    [inner] = values
    assert inner["DigestsLeft"] >= 1
    world.clock.now = AT
    world.service.work()
    assert world.backend.asked == {f"daily#2026-11-23#{each}": 1 for each in range(1, 4)}


def test_two_cleanups_at_once_purge_once(world: World) -> None:
    world.database.add([OLD] * 5)
    values: list[dict[str, float]] = []

    def with_another_run(request: Request, respond: Respond) -> Answer:
        world.supabase.choose = lambda request: None
        values.append(world.service.call(EVENT, "another"))
        return respond(request)

    world.supabase.choose = lambda request: with_another_run if request.method == "DELETE" else None
    values.append(world.service.call(EVENT))
    assert [each["DeletedMonitorsRemoved"] for each in values] == [5, 0]
    assert not world.database.ids()
