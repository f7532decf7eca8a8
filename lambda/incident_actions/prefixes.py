"""Removing the keys of a Redis database that begin with prefixes.

The server is told to unlink the keys that it has named and asked for the next ones in one round
trip. Each of these commands is short, so that the server responds to others meanwhile.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import redis

from diva_common.runs import Clock

log = logging.getLogger(__name__)

KEYS_LOOKED_AT = 1_000
"""By a SCAN."""
KEYS_UNLINKED = 500
"""By an UNLINK."""
ATTEMPTS = 3
"""For a round trip whose connection breaks. Unlinking keys twice does no harm."""
PAUSE_SEC = 0.2


class Stopped(Exception):
    """Removing keys has failed halfway. The text says how many are removed, and names no key."""


@dataclass(slots=True)
class Cleared:
    """How far clearing has come."""

    removed: int = 0
    """Keys whose removal the server has confirmed."""
    remaining: dict[str, int] = field(default_factory=dict)
    """Keys that were found and not removed, by prefix."""
    unfinished: list[str] = field(default_factory=list)
    """Prefixes that may have more keys than those that were found."""


def clear(
    client: redis.Redis, prefixes: Sequence[str], max_keys: int, until: float, clock: Clock
) -> Cleared:
    """Remove at most `max_keys` keys that begin with `prefixes`, until the monotonic time `until`.

    Keys beyond `max_keys` are only counted. Raises Stopped.
    """
    clearing = _Clearing(client, clock, until, max_keys)
    for prefix in _apart(prefixes):
        clearing.clear(prefix)
    return clearing.cleared


def pattern(prefix: str) -> bytes:
    """Return the pattern of keys that begin with `prefix`, of which no character is special."""
    return re.sub(rb"[\\*?\[\]]", rb"\\\g<0>", prefix.encode()) + b"*"


def _apart(prefixes: Sequence[str]) -> list[str]:
    """Return the prefixes without those that begin with another one."""
    return [
        each
        for each in dict.fromkeys(prefixes)
        if not any(each != other and each.startswith(other) for other in prefixes)
    ]


@dataclass(slots=True)
class _Clearing:
    client: redis.Redis
    clock: Clock
    until: float
    allowed: int
    """Keys that may still be removed."""
    cleared: Cleared = field(default_factory=Cleared)

    def clear(self, prefix: str) -> None:
        cursor: int | None = 0
        found: list[bytes] = []
        while cursor is not None or found:
            if self.clock.monotonic() >= self.until:
                self._leave(prefix, found)
                self.cleared.unfinished.append(prefix)
                return
            keys = found[: self.allowed]
            self._leave(prefix, found[self.allowed :])
            self.allowed -= len(keys)
            cursor, found = self._round_trip(prefix, keys, cursor)

    def _leave(self, prefix: str, keys: Sequence[bytes]) -> None:
        if keys:
            remaining = self.cleared.remaining
            remaining[prefix] = remaining.get(prefix, 0) + len(keys)

    def _round_trip(
        self, prefix: str, keys: Sequence[bytes], cursor: int | None
    ) -> tuple[int | None, list[bytes]]:
        """Unlink `keys`, and return the cursor after the next ones, and these.

        None is the cursor after the last ones.
        """
        commands: list[tuple[Any, ...]] = [
            ("UNLINK", *keys[first : first + KEYS_UNLINKED])
            for first in range(0, len(keys), KEYS_UNLINKED)
        ]
        if cursor is not None:
            commands.append(("SCAN", cursor, "MATCH", pattern(prefix), "COUNT", KEYS_LOOKED_AT))
        responses = self._responses(commands)
        failed = [each for each in responses if isinstance(each, Exception)]
        self.cleared.removed += sum(each for each in responses if isinstance(each, int))
        if failed:
            raise self._stopped(failed[0]) from failed[0]
        if cursor is None:
            return None, []
        following, found = responses[-1]
        return following or None, found

    def _responses(self, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
        attempt = 1
        while True:
            pipeline: Any = self.client.pipeline(transaction=False)
            for command in commands:
                pipeline.execute_command(*command)
            try:
                responses: list[Any] = pipeline.execute(raise_on_error=False)
            except redis.RedisError as error:
                is_broken = isinstance(error, (redis.ConnectionError, redis.TimeoutError))
                if not is_broken or attempt == ATTEMPTS:
                    raise self._stopped(error) from error
                log.warning("Redis: %s The next attempt is in %.1f s.", error, PAUSE_SEC)
                self.clock.sleep(PAUSE_SEC)
                attempt += 1
            else:
                return responses

    def _stopped(self, error: Exception) -> Stopped:
        return Stopped(f"{self.cleared.removed} keys were removed, then clearing failed: {error}")
