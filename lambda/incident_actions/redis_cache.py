"""A Redis server: where it is, who logs in, and connecting to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from diva_common.secret import Secret

TIMEOUT_SEC = 3.0
"""For connecting, and for each response."""


@dataclass(frozen=True, slots=True)
class Server:
    """A Redis server, and how to log in."""

    host: str
    port: int
    tls: bool
    ca_certificates_pem: str | None
    """Certificate authorities that are trusted in addition to the public ones."""
    username: str | None
    """The user of an access control list. None is the user `default`."""
    password: str | None
    secret: Secret | None
    """Replaces the password: a string, or a JSON object with `password` and perhaps `username`."""

    def connect(self) -> redis.Redis:
        """Return a client that has connected.

        A password that was rotated is fetched again. Raises RedisError and InvalidSecret.
        """
        try:
            return self._connected()
        except redis.AuthenticationError:
            if self.secret is None or not self.secret.refetch():
                raise
            return self._connected()

    def _connected(self) -> redis.Redis:
        username, password = self.username, self.password
        if self.secret is not None:
            password = self.secret.token("password")
            username = username or self.secret.optional("username")
        more: dict[str, Any] = {}
        if self.tls:
            more = {"ssl": True, "ssl_ca_data": self.ca_certificates_pem}
        client = redis.Redis(
            self.host,
            self.port,
            username=username,
            password=password,
            socket_timeout=TIMEOUT_SEC,
            socket_connect_timeout=TIMEOUT_SEC,
            # Whether a command may be sent again depends on the command.
            retry=Retry(NoBackoff(), 0),
            # The older protocol needs no command that a user may lack or a server may not know.
            protocol=2,
            driver_info=None,
            **more,
        )
        client.connection_pool.release(client.connection_pool.get_connection())
        return client
