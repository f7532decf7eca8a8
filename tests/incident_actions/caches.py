"""Redis servers, and what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import redis

from cli.common.redis_server import HOST, redis_server


@dataclass(frozen=True, slots=True)
class RedisServer:
    """A Redis server, and a client that may do anything."""

    port: int
    client: Any

    def target(self, **more: Any) -> dict[str, Any]:
        """Return the fields of a target for this server."""
        return {"host": HOST, "port": self.port, **more}

    def fill(self, *keys: str | bytes) -> None:
        """Set keys to a value."""
        for first in range(0, len(keys), 1_000):
            self.client.mset(dict.fromkeys(keys[first : first + 1_000], "value"))

    def populate(self, prefix: str, count: int) -> None:
        """Set the keys `<prefix>:0` to `<prefix>:<count - 1>`, within a second for a million."""
        self.client.execute_command("DEBUG", "POPULATE", count, prefix, 10)

    def keys(self) -> set[bytes]:
        """Return all keys."""
        return set(self.client.keys())

    def reset(self) -> None:
        """Forget all keys, users, passwords and statistics."""
        self.client.config_set("requirepass", "")
        self.client.flushall()
        self.client.config_resetstat()
        for user in self.client.acl_users():
            if user != "default":
                self.client.acl_deluser(user)


@contextmanager
def running(*options: str) -> Iterator[RedisServer]:
    """Run a server."""
    with (
        redis_server(*options) as port,
        redis.Redis(HOST, port, protocol=2) as client,
    ):
        yield RedisServer(port, client)
