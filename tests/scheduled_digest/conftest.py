"""The surroundings of the function: Supabase, a backend, leases, Lambda and a clock."""

from __future__ import annotations

import functools
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import urllib3

from cli.demo.digests import database as databases
from cli.demo.digests.backend import Backend
from cli.demo.digests.database import Database
from cli.demo.digests.dialect import JWT, Dialect
from diva_common import clients
from diva_common.tls import tls_context
from scheduled_digest import lambda_function

from ..https_server import Clock
from .service import Living, Service
from .tables import Tables
from .web import Site, site

AT = 1_795_438_800.0
"""When tests begin, in seconds since the epoch: Monday, 2026-11-23 13:00:00 UTC."""


class Calendar(Clock):
    """A clock for several threads, each of which it lets sleep alone."""

    _lock = threading.Lock()

    def sleep(self, seconds: float, /) -> None:
        with self._lock:
            super().sleep(seconds)


@functools.cache
def trusting(certificates: str | None) -> ssl.SSLContext:
    """Return a context of `diva_common.tls`, whose public authorities take long to load."""
    return tls_context({"CA_CERTIFICATES_PEM": certificates} if certificates else {})


@dataclass(slots=True)
class World:
    """Everything that the function talks to."""

    database: Database
    dialect: Dialect
    supabase: Site
    backend: Backend
    site: Site
    """The server of the backend."""
    tables: Tables
    clock: Clock
    service: Service
    log: Any
    """Returns what was printed since the last call."""

    def lines(self) -> list[str]:
        """Return the log lines since the last call, without metrics."""
        printed: list[str] = self.log().out.splitlines()
        return [line for line in printed if not line.startswith("{")]

    def messages(self) -> list[str]:
        """Return the log lines since the last call, without their times."""
        return [line.partition(" - ")[2] for line in self.lines()]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Database]:
    with databases.database() as database:
        yield database


@pytest.fixture
def database(postgresql: Database) -> Database:
    """The tables, which are empty."""
    postgresql.empty()
    return postgresql


@pytest.fixture
def clock() -> Clock:
    return Calendar(AT)


@pytest.fixture
def world(
    database: Database,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[World]:
    """Surroundings that the function is configured for."""
    dialect, backend, tables = Dialect(database), Backend(), Tables()
    service = Service(clock)
    with site(dialect) as supabase, site(backend) as endpoint:
        found = World(
            database, dialect, supabase, backend, endpoint, tables, clock, service,
            capsys.readouterr,
        )  # fmt: skip

        def client(name: str, *arguments: Any, **options: Any) -> Any:
            stands_in = {"dynamodb": tables, "lambda": service}.get(name)
            if stands_in is None:
                return clients.client(name, *arguments, **options)
            return Living(stands_in, service)

        request = urllib3.PoolManager.request

        def living_request(pool: urllib3.PoolManager, *arguments: Any, **options: Any) -> Any:
            return service.life.living(request)(pool, *arguments, **options)

        monkeypatch.setattr(urllib3.PoolManager, "request", living_request)
        monkeypatch.setattr(lambda_function, "client", client)
        monkeypatch.setattr(
            lambda_function,
            "tls_context",
            lambda environ: trusting(environ.get("CA_CERTIFICATES_PEM")),
        )
        monkeypatch.setattr(lambda_function, "clock", clock)
        monkeypatch.setenv("SUPABASE_URL", supabase.url)
        monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", JWT)
        monkeypatch.setenv("BACKEND_DIGEST_ENDPOINT", f"{endpoint.url}/api/v1/digest")
        monkeypatch.setenv("LEASE_TABLE", "leases")
        for name in ("SUPABASE_SERVICE_ROLE_KEY_ARN", "RETENTION_DAYS", "CLEANUP_LIMIT"):
            monkeypatch.delenv(name, raising=False)
        lambda_function.runtime.cache_clear()
        yield found
        lambda_function.runtime.cache_clear()
