"""Generated tables, times and faults, against a plain model."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scheduled_digest import cleanup, monitors

from .chance import Chance
from .conftest import World
from .plan import Plan, Row, made

DAYS = 30
DAY = timedelta(days=1)
# Around the ends of days, weeks, months, years, and of a day with a leap second.
TIMES = st.sampled_from(
    [
        "2026-11-23T13:00:00",
        "2026-11-22T23:59:59.999",
        "2026-11-23T00:00:00",
        "2026-11-30T23:59:59.999",
        "2026-12-31T23:59:59",
        "2028-02-29T00:00:00",
        "2016-12-31T23:59:59.999",
    ]
).map(lambda text: datetime.fromisoformat(text).replace(tzinfo=timezone.utc))
AGES = st.one_of(
    st.none(),
    st.integers(-5, 90).map(lambda days: days * DAY),
    st.sampled_from([DAYS * DAY + each * timedelta(microseconds=1) for each in (-1, 0, 1)]),
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["daily", "daily", "weekly", "monthly", "", None]),
        st.sampled_from([False, False, None, True, True]),
        AGES,
    ),
    max_size=14,
)
EVENTS = st.sampled_from(
    [
        {},
        {"frequency": "daily", "cleanup": True},
        {"frequency": "daily"},
        {"frequency": "weekly", "cleanup": False},
        {"frequency": "weekly", "cleanup": True},
    ]
)


@settings(
    max_examples=120,
    deadline=None,
    phases=[phase for phase in Phase if phase is not Phase.explain],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=ROWS,
    at=TIMES,
    events=st.lists(EVENTS, min_size=1, max_size=3),
    page=st.integers(1, 6),
    max_rows=st.integers(1, 6),
    share=st.sampled_from([0.0, 0.2, 0.5]),
    kills=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_every_table_comes_out_as_the_model_says(
    world: World,
    counted: Callable[[str, int], None],
    rows: list[tuple[str | None, bool | None, timedelta | None]],
    at: datetime,
    events: list[dict[str, object]],
    page: int,
    max_rows: int,
    share: float,
    kills: bool,
    seed: int,
) -> None:
    world.database.empty()
    world.tables.items.clear()
    world.backend.digests.clear()
    world.backend.asked.clear()
    world.service.restart()
    world.clock.now = at.timestamp()
    world.dialect.max_rows = max_rows
    plan = Plan(
        {
            number: Row(frequency, deleted, None if age is None else at - age)
            for number, (frequency, deleted, age) in enumerate(rows, 1)
        }
    )
    world.database.add(
        [
            {"frequency": row.frequency, "deleted": row.deleted, "deleted_at": row.deleted_at}
            for row in plan.rows.values()
        ]
    )
    chance = Chance(world, random.Random(seed), share)
    with (
        patch.object(monitors, "PAGE", page),
        patch.object(cleanup, "PAGE", page),
        patch.object(cleanup, "BATCH", page),
    ):
        chance.rule()
        done: set[str] = set()
        for event in events:
            if kills:
                chance.kill(within=60)
            world.service.run({**event, "time": at.isoformat()})
            frequencies = [str(event.get("frequency"))] if event else ["daily", "weekly"]
            purges = bool(event.get("cleanup", not event))
            plan.run([each for each in frequencies if each not in done], purges, at, DAYS)
            done |= {*frequencies}
        chance.end()
        world.service.restart()
        world.service.redrive()
    assert made(world.backend.digests) == +plan.digests
    # Time has passed since, so that more may have become old enough.
    now = datetime.fromtimestamp(world.clock.now, timezone.utc)
    kept = {number for number, row in plan.rows.items() if not row.is_purged(now, DAYS)}
    assert kept <= world.database.ids() <= plan.rows.keys()
    chance.check_requests()
    counted("requests", chance.faults)
