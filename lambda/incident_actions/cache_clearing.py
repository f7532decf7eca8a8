"""Clearing a Redis cache: the keys with some prefixes, or all of its database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import redis

from diva_common.runs import Clock

from .action import Change, Done, NotDone, NothingToDo, OutcomeUnknown, Progress, Refused, State
from .payload import Request
from .prefixes import Stopped, clear
from .redis_cache import TIMEOUT_SEC, Server

_FLUSHES = ("cmdstat_flushdb", "cmdstat_flushall")
_UNDO = "Removed keys cannot be restored. The application fills its cache again."
_RESERVE_SEC = 2 * TIMEOUT_SEC
"""Kept for the last responses of the server."""


@dataclass(frozen=True, slots=True)
class Cache:
    """A cache, and what may be removed from it. It has prefixes, or may be flushed, or neither."""

    name: str
    server: Server
    prefixes: tuple[str, ...]
    max_keys: int
    """Keys that are removed at most."""
    max_sec: float
    """How long keys are removed at most. The time that the run has left is a limit, too."""
    allow_flush: bool


@dataclass(frozen=True, slots=True)
class PrefixClearing:
    """Removes the keys with some prefixes."""

    target: Cache
    clock: Clock

    def describe(self) -> State:
        with self.target.server.connect() as client:
            return _state(client)

    def plan(self, before: State, request: Request) -> Change | NothingToDo:
        target = self.target
        if not target.prefixes:
            raise Refused(
                409,
                f"The target {target.name!r} does not allow any keys to be removed. Set its "
                "prefixes or allow_flush.",
            )
        _refuse_cluster_mode(target, before)
        if not before["keys"]:
            return _empty(target)
        listed = " or ".join(repr(each) for each in target.prefixes)
        return Change(
            f"remove at most {target.max_keys} of the {before['keys']} keys of the cache, those "
            f"that begin with {listed}",
            {"prefixes": list(target.prefixes), "maxKeys": target.max_keys},
            _UNDO,
        )

    def act(self, before: State, change: Change, progress: Progress, until: float) -> Done:
        target = self.target
        end = min(until - _RESERVE_SEC, self.clock.monotonic() + target.max_sec)
        try:
            with target.server.connect() as client:
                cleared = clear(client, target.prefixes, target.max_keys, end, self.clock)
                after = _state(client)
        except (Stopped, redis.RedisError) as error:
            # What was removed stays removed, and a repeat removes the rest.
            raise NotDone(str(error)) from error
        is_complete = not cleared.remaining and not cleared.unfinished
        body = {
            "message": "Cache cleared successfully" if is_complete else "Cache cleared in part",
            "target": target.name,
            "removed": cleared.removed,
            "remaining": cleared.remaining,
            "unfinished": cleared.unfinished,
        }
        return Done(body, after)

    def happened(self, before: State, change: Change, now: State) -> Done | None:
        # Removing keys again removes those that the run has left.
        return None


@dataclass(frozen=True, slots=True)
class Flush:
    """Removes all keys of the database."""

    target: Cache

    def describe(self) -> State:
        with self.target.server.connect() as client:
            stats: Any = client.info("commandstats")
            flushes = sum(stats.get(name, {}).get("calls", 0) for name in _FLUSHES)
            return {**_state(client), "flushes": flushes}

    def plan(self, before: State, request: Request) -> Change | NothingToDo:
        _refuse_cluster_mode(self.target, before)
        if not before["keys"]:
            return _empty(self.target)
        return Change(f"remove all {before['keys']} keys of the cache", {"flush": True}, _UNDO)

    def act(self, before: State, change: Change, progress: Progress, until: float) -> Done:
        try:
            client = self.target.server.connect()
        except redis.RedisError as error:
            raise NotDone(str(error)) from error
        with client:
            try:
                client.flushdb(asynchronous=True)
            except redis.ResponseError as error:
                raise NotDone(str(error)) from error
            return self._done(_state(client))

    def happened(self, before: State, change: Change, now: State) -> Done | None:
        if now["flushes"] < before["flushes"]:
            raise OutcomeUnknown(
                f"Whether the cache {self.target.name} was flushed is unknown, since its "
                "statistics were reset. To flush it, send another incident."
            )
        return self._done(now) if now["flushes"] > before["flushes"] else None

    def _done(self, after: State) -> Done:
        return Done({"message": "Cache cleared successfully", "target": self.target.name}, after)


def _state(client: redis.Redis) -> dict[str, Any]:
    info: Any = client.info("cluster")
    return {"keys": client.dbsize(), "clusterMode": bool(info.get("cluster_enabled"))}


def _refuse_cluster_mode(target: Cache, state: State) -> None:
    if state["clusterMode"]:
        raise Refused(
            409,
            f"The cache {target.name!r} is in cluster mode, in which a server has a part of the "
            "keys only. Clearing such a cache is not supported.",
        )


def _empty(target: Cache) -> NothingToDo:
    return NothingToDo({"message": "The cache is empty", "target": target.name})
