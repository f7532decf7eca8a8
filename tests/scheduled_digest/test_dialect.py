"""The server of PostgREST's dialect, held against Supabase's own client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
from postgrest import APIError, CountMethod, ReturnMethod, SyncPostgrestClient

from cli.demo.digests.database import Database
from cli.demo.digests.dialect import JWT, SECRET_KEY, Dialect
from scheduled_digest.cleanup import quoted
from scheduled_digest.keys import headers

from .web import Site, site

CUT = datetime(2026, 10, 24, 13, tzinfo=timezone.utc)


@pytest.fixture
def dialect(database: Database) -> Dialect:
    return Dialect(database, {JWT, SECRET_KEY})


@pytest.fixture
def project(dialect: Dialect) -> Iterator[Site]:
    with site(dialect) as project:
        yield project


@pytest.fixture
def official(project: Site) -> Iterator[SyncPostgrestClient]:
    with client(project, JWT) as official:
        yield official


def client(project: Site, key: str) -> SyncPostgrestClient:
    """Return the official client, which does not wait between attempts."""
    url = f"{project.url}/rest/v1"
    named = headers(key)
    session = httpx.Client(base_url=url, headers=named, trust_env=False)
    return SyncPostgrestClient(url, headers=named, http_client=session)


@pytest.fixture
def ids(database: Database) -> list[int]:
    """Active, restored, fresh, old, very old and undated monitors."""
    return database.add(
        [
            {"deleted": False},
            {"deleted": None, "deleted_at": CUT - timedelta(days=9)},
            {"deleted": True, "deleted_at": CUT},
            {"deleted": True, "deleted_at": CUT - timedelta(microseconds=1)},
            {"deleted": True, "deleted_at": CUT - timedelta(days=400)},
            {"deleted": True, "deleted_at": None},
        ]
    )


def found(rows: Any) -> list[int]:
    return [row["id"] for row in rows.data]


def test_active_rows_in_pages(official: SyncPostgrestClient, ids: list[int]) -> None:
    query = official.from_("monitors").select("id").not_.is_("deleted", True).order("id")
    assert found(query.limit(1).execute()) == ids[:1]
    query = official.from_("monitors").select("*").not_.is_("deleted", True).gt("id", ids[0])
    [row] = query.order("id").limit(9).execute().data
    assert (row["id"], row["repo"], row["deleted"]) == (ids[1], "owner/repo-1", None)
    assert row["deleted_at"] == "2026-10-15T13:00:00+00:00"


def test_rows_deleted_before_a_time(official: SyncPostgrestClient, ids: list[int]) -> None:
    cut = "2026-10-24T13:00:00.000000Z"
    query = official.from_("monitors").select("id").is_("deleted", True).lt("deleted_at", cut)
    assert found(query.order("id", desc=True).execute()) == [ids[4], ids[3]]


def test_deleting_returns_what_was_deleted(
    official: SyncPostgrestClient, database: Database, ids: list[int]
) -> None:
    query = official.from_("monitors").delete().is_("deleted", True).in_("id", [1, ids[4], 99])
    rows = query.execute().data
    assert [(row["id"], row["repo"]) for row in rows] == [(ids[4], "owner/repo-4")]
    assert database.ids() == {*ids} - {ids[4]}
    table: Any = official.from_("monitors")
    minimal = table.delete(returning=ReturnMethod.minimal)
    assert minimal.eq("id", ids[5]).execute().data == []
    assert database.ids() == {*ids[:4]}


@pytest.mark.parametrize("name", ["a,b", 'say "a"', "back\\slash", "(in)", "ü", "a.b:c", "1"])
def test_rows_are_found_by_ids_with_any_character(
    project: Site, official: SyncPostgrestClient, database: Database, name: str
) -> None:
    database.execute('INSERT INTO "named monitors" VALUES (%s), (%s)', [name, "other"])
    url = f"{project.url}/rest/v1/named%20monitors"
    listed = httpx.get(
        url, params={"id": f"in.({quoted(name)})"}, headers=headers(JWT), trust_env=False
    )
    assert [row["id"] for row in listed.json()] == [name]
    if not {'"', "\\"} & {*name}:  # which the official client does not escape
        query = official.from_("named monitors").select("id").in_("id", [name])
        assert [row["id"] for row in query.execute().data] == [name]
    above = httpx.get(
        url, params={"id": f"gt.{name}", "order": "id"}, headers=headers(JWT), trust_env=False
    )
    below = httpx.get(
        url, params={"id": f"lte.{name}", "order": "id"}, headers=headers(JWT), trust_env=False
    )
    assert {row["id"] for row in [*above.json(), *below.json()]} == {name, "other"}


def test_counts_are_told_of_all_rows(
    official: SyncPostgrestClient, project: Site, dialect: Dialect, ids: list[int]
) -> None:
    dialect.max_rows = 4
    table: Any = official.from_("monitors")
    counted = table.select("id", count=CountMethod.exact).execute()
    assert (len(counted.data), counted.count) == (4, 6)
    query = table.select("id", count=CountMethod.exact).order("id")
    assert found(query.range(4, 5).execute()) == ids[4:]
    plain = httpx.get(f"{project.url}/rest/v1/monitors", headers=headers(JWT), trust_env=False)
    assert (plain.status_code, plain.headers["Content-Range"]) == (200, "0-3/*")


@pytest.mark.parametrize("key", [JWT, SECRET_KEY])
def test_keys_of_both_forms_are_accepted(project: Site, key: str, ids: list[int]) -> None:
    with client(project, key) as official:
        assert found(official.from_("monitors").select("id").order("id").execute()) == ids


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"apikey": "sb_secret_other"},
        {"apikey": JWT},
        {"apikey": SECRET_KEY, "Authorization": f"Bearer {SECRET_KEY}"},
        {"apikey": JWT, "Authorization": f"Basic {JWT}"},
        {"apikey": JWT, "Authorization": "Bearer a.b.c"},
    ],
)
def test_other_keys_are_rejected(project: Site, named: dict[str, str]) -> None:
    answer = httpx.get(f"{project.url}/rest/v1/monitors", headers=named, trust_env=False)
    assert answer.status_code == 401


def failure(query: Any) -> APIError:
    with pytest.raises(APIError) as caught:
        query.execute()
    return caught.value


def test_errors_are_those_of_the_database(
    official: SyncPostgrestClient, database: Database, ids: list[int]
) -> None:
    database.execute("INSERT INTO invoices VALUES (%s)", [ids[4]])
    referenced = failure(official.from_("monitors").delete().eq("id", ids[4]))
    assert (referenced.code, referenced.details) == (
        "23503",
        f'Key (id)=({ids[4]}) is still referenced from table "invoices".',
    )
    unknown = failure(official.from_("monitors").select("nothing"))
    assert (unknown.code, unknown.message) == ("42703", 'column "nothing" does not exist')
    assert failure(official.from_("monitors").select("id").eq("id", "x")).code == "22P02"
    assert failure(official.from_("monitors").select("id").filter("id", "like", "1")).code == (
        "PGRST100"
    )
    assert failure(official.from_("nothing").select("id")).code == "PGRST205"
    assert failure(official.from_("monitors").delete()).code == "21000"
    assert database.ids() == {*ids}
