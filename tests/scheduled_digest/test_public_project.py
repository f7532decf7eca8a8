"""The tables and the backend of the public project that the requirements come from.

Its monitors have UUIDs and further columns, times have no time zone, digests refer to monitors, and
the backend accepts five requests in a minute without saying when it accepts more.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from uuid import UUID

import pytest

from cli.demo.digests.web import Answer, Request, Respond
from scheduled_digest import cleanup, monitors
from scheduled_digest.lambda_function import RunFailed

from .conftest import AT, World
from .web import Fault

TABLES = """
CREATE SCHEMA project;
SET search_path TO project;
CREATE TABLE monitors (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL,
    repo text NOT NULL,
    delivery_method text NOT NULL,
    webhook_url text NOT NULL,
    frequency text NOT NULL,
    is_private boolean,
    created_by text,
    created_at timestamp DEFAULT now(),
    deleted boolean,
    deleted_at timestamp
);
CREATE TABLE digests (monitor_id uuid REFERENCES monitors);
"""
NOW = datetime.fromtimestamp(AT, timezone.utc).replace(tzinfo=None)
OLD = NOW - timedelta(days=30, microseconds=1)
DAILY = {"frequency": "daily", "cleanup": True}
HOOK = "https://hooks.slack.com/services/T0/B0/secret"
PER_MINUTE = 5


@pytest.fixture
def project(world: World) -> Iterator[World]:
    world.database.execute(TABLES)
    try:
        yield world
    finally:
        world.database.execute("SET search_path TO public; DROP SCHEMA project CASCADE")


def add(project: World, number: int, **more: object) -> list[str]:
    """Add monitors, and return their IDs, which say nothing of the order of the rows."""
    chances = random.Random(number)
    ids = [str(UUID(int=chances.getrandbits(128))) for _ in range(number)]
    organization = ids[0]
    project.database.add(
        [
            {
                "id": each,
                "org_id": organization,
                "delivery_method": "slack",
                "webhook_url": HOOK,
                "created_by": "octocat",
                **more,
            }
            for each in ids
        ]
    )
    return ids


def keys(ids: list[str]) -> dict[str, int]:
    return {f"daily#2026-11-23#{each}": 1 for each in ids}


def test_each_monitor_gets_a_digest_in_whatever_order_its_uuid_is(
    project: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitors, "PAGE", 4)
    daily = [*add(project, 9, deleted=False), *add(project, 8)]
    add(project, 3, frequency="on_merge")
    add(project, 2, deleted=True)
    values = project.service.call(DAILY)
    assert project.backend.asked == keys(daily)
    assert (values["DigestsTriggered"], values["OtherMonitors"]) == (17, 3)
    assert project.service.call(DAILY)["DigestsSkipped"] == 17


def test_monitors_with_uuids_are_purged_unless_digests_refer_to_them(
    project: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleanup, "PAGE", 4)
    monkeypatch.setattr(cleanup, "BATCH", 3)
    old = add(project, 9, deleted=True, deleted_at=OLD)
    kept = add(project, 5, deleted=True, deleted_at=OLD + timedelta(microseconds=1))
    referred = sorted(old)[::4]
    for each in referred:
        project.database.execute("INSERT INTO digests VALUES (%s)", [each])
    with pytest.raises(RunFailed, match="3 deleted monitors could not be removed, since other"):
        project.service.call(DAILY)
    assert {str(each) for each in project.database.ids()} == {*kept, *referred}


def test_a_rate_that_is_limited_delays_digests_and_loses_none(project: World) -> None:
    accepted: Counter[int] = Counter()

    def too_many(request: Request, respond: Respond) -> Answer:
        return Answer(429, {"error": f"Rate limit exceeded: {PER_MINUTE} per 1 minute"})

    def limited(request: Request) -> Fault | None:
        minute = int(project.clock.now // 60)
        if accepted[minute] >= PER_MINUTE:
            return too_many
        accepted[minute] += 1
        return None

    project.site.choose = limited
    ids = add(project, 40)
    project.service.run(DAILY)
    assert project.backend.asked == keys(ids)
    assert set(accepted.values()) <= {*range(1, PER_MINUTE + 1)}
    assert project.service.runs > 1
    assert not project.service.dead


def test_an_address_in_place_of_a_webhook_is_passed_on_and_not_logged(project: World) -> None:
    [monitor] = add(project, 1, delivery_method="email", webhook_url="me@example.com")
    project.service.call(DAILY)
    assert project.backend.digests[f"daily#2026-11-23#{monitor}"] == {
        "repo": "owner/repo-0",
        "frequency": "daily",
        "delivery_method": "email",
        "webhook_url": "me@example.com",
    }
    assert "me@example.com" not in json.dumps(project.lines())
