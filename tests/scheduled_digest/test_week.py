"""A week with 2,000 monitors and faults at random."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from .chance import Chance
from .conftest import AT, World
from .plan import Plan, Row, made

MONITORS = 2_000
DAYS = 7
SHARE = 0.1
"""Of the requests that meet a fault."""
KILLED_WITHIN = 4_000
"""Steps."""
DAY_SEC = 24 * 60 * 60.0


def test_a_week_with_faults_gives_each_monitor_its_digests(
    world: World, noted: Callable[[str], None]
) -> None:
    chances = random.Random(12)
    start = datetime.fromtimestamp(AT, timezone.utc)
    plan = Plan(
        {number: row(chances, start) for number in range(1, MONITORS + 1)},
    )
    world.database.add_many(
        [
            (f"owner/repo-{number}", each.frequency or "", bool(each.deleted), each.deleted_at)
            for number, each in plan.rows.items()
        ]
    )
    chance = Chance(world, chances, SHARE)
    for day in range(DAYS):
        scheduled = AT + day * DAY_SEC
        assert world.clock.now <= scheduled, "the runs of a day end before the next one"
        world.clock.now = scheduled
        at = datetime.fromtimestamp(scheduled, timezone.utc)
        chance.rule()
        chance.kill(KILLED_WITHIN)
        world.service.send({"frequency": "daily", "cleanup": True, "time": at.isoformat()})
        if day == 0:
            world.service.send({"frequency": "weekly", "cleanup": False, "time": at.isoformat()})
        world.service.work()
        chance.end()
        world.service.redrive()
        plan.run(["daily", "weekly"] if day == 0 else ["daily"], purges=True, now=at)
        assert world.database.ids() == plan.rows.keys()
    assert made(world.backend.digests) == +plan.digests
    expected = Counter({"daily": DAYS, "weekly": 1})
    for number, each in plan.rows.items():
        if each.deleted is not True:
            times = sum(plan.digests[number, name] for name in expected)
            assert times == expected[each.frequency or ""]
    chance.check_requests()
    assert chance.faults > 300
    assert not world.service.dead
    noted(f"{MONITORS:,} monitors over {DAYS} days: {chance.faults} faults, {chance.kills} kills")


def row(chances: random.Random, start: datetime) -> Row:
    """Return a monitor. Those that are purged become old enough on different days."""
    if chances.random() < 0.2:
        # Half a day from any run, since the runs of a day take a while.
        age = timedelta(days=chances.randrange(15, 60), hours=12)
        return Row(chances.choice(["daily", "weekly"]), True, start - age)
    return Row(chances.choice(["daily"] * 5 + ["weekly"] * 4 + ["monthly"]), False, None)
