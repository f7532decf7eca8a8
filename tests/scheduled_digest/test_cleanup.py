"""Which deleted monitors are purged: by the rows of the database before and after."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest

from cli.demo.digests.web import Answer, Request, Respond
from scheduled_digest import cleanup, monitors
from scheduled_digest.lambda_function import RunFailed, runtime
from scheduled_digest.supabase import Supabase

from .conftest import AT, World
from .service import TIMEOUT_SEC
from .web import Fault, cut_off, hang_up, lose_answer, passed, status

NOW = datetime.fromtimestamp(AT, timezone.utc)
CLEANUP = {"frequency": "daily", "cleanup": True}
LEAST = timedelta(microseconds=1)


def deleted(age: timedelta, **more: object) -> dict[str, object]:
    """Return a monitor that was deleted so long ago."""
    return {"deleted": True, "deleted_at": NOW - age, **more}


def test_only_monitors_deleted_before_the_retention_period_are_purged(world: World) -> None:
    days = timedelta(days=30)
    world.database.add(
        [
            deleted(days),
            deleted(days - LEAST),
            {"deleted": True, "deleted_at": None},
            {"deleted": False, "deleted_at": NOW - 2 * days},
            {"deleted": None, "deleted_at": NOW - 2 * days},
            {"deleted": True, "deleted_at": NOW + days},
            deleted(days + LEAST),
            deleted(100 * days, frequency="weekly"),
        ]
    )
    values = world.service.call(CLEANUP)
    assert world.database.ids() == {1, 2, 3, 4, 5, 6}
    assert (values["DeletedMonitorsFound"], values["DeletedMonitorsRemoved"]) == (2, 2)
    messages = world.messages()
    assert "INFO - Found 2 deleted monitors to permanently remove" in messages
    assert "INFO - Cleanup completed - removed 2 old deleted monitors" in messages
    removed = "INFO - Permanently removed monitor 7 (repo: owner/repo-6, deleted at 2026-10-24T"
    assert any(each.startswith(removed) for each in messages)


@pytest.mark.parametrize(("days", "left"), [("1", set()), ("2", {1}), ("3650", {1, 2})])
def test_the_retention_period_is_configurable(
    world: World, monkeypatch: pytest.MonkeyPatch, days: str, left: set[int]
) -> None:
    world.database.add([deleted(timedelta(hours=25)), deleted(timedelta(days=99))])
    monkeypatch.setenv("RETENTION_DAYS", days)
    world.service.call(CLEANUP)
    assert world.database.ids() == left


def test_a_column_without_a_time_zone_is_in_utc(world: World) -> None:
    world.database.execute("ALTER TABLE monitors ALTER deleted_at TYPE timestamp")
    world.database.add(
        [
            {"deleted": True, "deleted_at": (NOW - timedelta(days=30)).replace(tzinfo=None)},
            {
                "deleted": True,
                "deleted_at": (NOW - timedelta(days=30) - LEAST).replace(tzinfo=None),
            },
        ]
    )
    try:
        world.service.call(CLEANUP)
        assert world.database.ids() == {1}
    finally:
        world.database.execute("ALTER TABLE monitors ALTER deleted_at TYPE timestamptz")


def test_nothing_is_purged_without_a_cleanup(world: World) -> None:
    world.database.add([deleted(timedelta(days=99))])
    world.service.call({"frequency": "daily"})
    world.service.call({"frequency": "weekly", "cleanup": False})
    assert world.database.ids() == {1}
    assert not any("permanently" in each for each in world.messages())


def test_a_dry_run_counts_and_purges_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.database.add([deleted(timedelta(days=99)), {}])
    monkeypatch.setenv("CLEANUP_DRY_RUN", "true")
    values = world.service.call(CLEANUP)
    assert world.database.ids() == {1, 2}
    assert (values["DeletedMonitorsFound"], values["DeletedMonitorsRemoved"]) == (1, 0)
    assert "INFO - Dry run - 1 old deleted monitors would be removed" in world.messages()
    assert not [each for each in world.supabase.requests if each.method == "DELETE"]


def test_a_run_purges_no_more_than_the_limit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.database.add([deleted(timedelta(days=99))] * 7)
    monkeypatch.setenv("CLEANUP_LIMIT", "3")
    left = []
    for _ in range(3):
        world.service.call(CLEANUP)
        left.append(len(world.database.ids()))
    assert left == [4, 1, 0]
    assert "WARNING - Cleanup is limited to 3 monitors per run" in world.messages()


def test_many_are_purged_in_pages_and_batches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitors, "PAGE", 10)
    monkeypatch.setattr(cleanup, "PAGE", 10)
    monkeypatch.setattr(cleanup, "BATCH", 4)
    rows = [("owner/repo", "daily", True, NOW - timedelta(days=31))] * 25
    world.database.add_many([*rows, ("owner/repo", "daily", False, None)])
    assert world.service.call(CLEANUP)["DeletedMonitorsRemoved"] == 25
    assert world.database.ids() == {26}


def test_a_monitor_that_is_restored_meanwhile_is_kept(world: World) -> None:
    world.database.add([deleted(timedelta(days=99)), deleted(timedelta(days=99))])

    def restored(request: Request, respond: Respond) -> Answer:
        world.database.execute("UPDATE monitors SET deleted = false WHERE id = 1")
        return respond(request)

    world.supabase.choose = lambda request: restored if request.method == "DELETE" else None
    values = world.service.call(CLEANUP)
    assert world.database.ids() == {1}
    assert (values["DeletedMonitorsFound"], values["DeletedMonitorsRemoved"]) == (2, 1)


def test_a_monitor_that_is_referred_to_keeps_no_other(world: World) -> None:
    world.database.add([deleted(timedelta(days=99))] * 5)
    world.database.execute("INSERT INTO invoices VALUES (2), (4)")
    reason = "Cleanup failed: NotPurged: 2 deleted monitors could not be removed, since other"
    with pytest.raises(RunFailed, match=reason):
        world.service.call(CLEANUP)
    assert world.database.ids() == {2, 4}


def test_a_foreign_key_that_restricts_deletions_keeps_no_other(world: World) -> None:
    """As PostgreSQL 18 and PostgREST answer. The database of the tests is an older one."""
    world.database.add([deleted(timedelta(days=99))] * 3)
    message = 'update or delete on table "monitors" violates RESTRICT setting of foreign key'

    def restricted(request: Request, respond: Respond) -> Answer:
        return Answer(400, {"code": "23001", "message": message, "details": None, "hint": None})

    world.supabase.choose = lambda request: (
        restricted if request.method == "DELETE" and "%222%22" in request.path else None
    )
    with pytest.raises(RunFailed, match="1 deleted monitors could not be removed, since other"):
        world.service.call(CLEANUP)
    assert world.database.ids() == {2}


def test_digests_are_triggered_although_the_cleanup_fails(world: World) -> None:
    world.database.add([deleted(timedelta(days=99)), {}])
    world.supabase.faults.append(status(403))
    with pytest.raises(RunFailed, match=r"^Cleanup failed: SupabaseError: Supabase refused to GET"):
        world.service.call(CLEANUP)
    assert world.backend.asked == {"daily#2026-11-23#2": 1}
    assert world.database.ids() == {1, 2}


def test_the_cleanup_is_done_although_digests_fail(world: World) -> None:
    world.database.add([deleted(timedelta(days=99)), {}])
    world.site.choose = lambda request: status(400)
    with pytest.raises(RunFailed, match=r"^1 digests could not be triggered\.$"):
        world.service.call(CLEANUP)
    assert world.database.ids() == {2}


def test_a_cleanup_that_takes_long_leaves_time_for_digests(world: World) -> None:
    world.database.add([deleted(timedelta(days=99)), {}])

    def overloaded(request: Request) -> Fault | None:
        is_cleanup = "deleted=is.true" in request.path
        return status(503, Retry_After="60") if is_cleanup else None

    world.supabase.choose = overloaded
    with pytest.raises(RunFailed, match="Cleanup failed"):
        world.service.call(CLEANUP)
    assert world.backend.asked == {"daily#2026-11-23#2": 1}
    assert world.clock.now - AT < TIMEOUT_SEC / 4


@pytest.mark.parametrize("fault", [status(500), status(429), hang_up, lose_answer, cut_off])
@pytest.mark.parametrize("request_number", [0, 1, 2])
def test_a_cleanup_survives_a_fault(world: World, fault: Fault, request_number: int) -> None:
    world.database.add([deleted(timedelta(days=99)), deleted(timedelta(days=29)), {}])
    world.supabase.faults.extend([*[passed] * request_number, fault])
    world.service.call(CLEANUP)
    assert world.database.ids() == {2, 3}


def test_every_deletion_has_ids_and_the_filters(world: World) -> None:
    world.database.add([deleted(timedelta(days=99))] * 3)
    world.service.call(CLEANUP)
    deletions = [each for each in world.supabase.requests if each.method == "DELETE"]
    for each in deletions:
        assert dict(parse_qsl(urlsplit(each.path).query)) == {
            "deleted": "is.true",
            "deleted_at": "lt.2026-10-24T13:00:00.000000Z",
            "id": 'in.("1","2","3")',
            "select": "id,repo,deleted_at",
        }
    assert len(deletions) == 1


def test_a_deletion_without_filters_is_refused(world: World) -> None:
    supabase: Supabase = runtime().supabase
    with pytest.raises(ValueError, match="never deleted without a filter"):
        supabase.delete("monitors", [], "id", world.clock.monotonic() + 9)
    assert not world.supabase.requests
