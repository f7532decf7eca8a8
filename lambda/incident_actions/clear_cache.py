"""The Lambda handler that clears caches.

A target has the fields `prefixes` or `allow_flush`, with `host` and perhaps `port`, `tls`,
`username`, `secret_arn`, `max_keys` and `max_sec`. Or it has `reboot`, perhaps with
`cache_cluster_id`.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from diva_common.clients import client
from diva_common.runs import Clock

from .action import Action
from .attempt import Attempts, Context
from .compose import attempts
from .payload import read_request
from .settings import InvalidSettings, read_limits, required
from .targets import Fields, read_targets

ACTION = "clear_cache"
PORT = 6379
MAX_KEYS = 1_000_000
MAX_SEC = 20

clock: Clock = time


@functools.cache
def runtime() -> Attempts:
    """Return what responds to requests. Raises InvalidSettings."""
    clients = functools.cache(client)
    return attempts(
        ACTION,
        "Failed to clear cache",
        read_request,
        read_targets(os.environ, partial(_target, clients), partial(_originals, os.environ)),
        required(os.environ, "KILL_SWITCH_PARAMETER"),
        read_limits(os.environ),
        os.environ,
        clients,
        clock,
    )


def handler(event: Any, context: Context) -> dict[str, Any]:
    """Clear the target that `event` names, and return the answer."""
    return runtime().handle(event, context)


def _target(clients: Callable[..., Any], fields: Fields) -> Callable[[], Action]:
    ways = [name for name in ("prefixes", "allow_flush", "reboot") if fields.values.get(name)]
    if len(ways) > 1:
        raise InvalidSettings(
            f"The target {fields.target!r} in TARGETS must have only one of {', '.join(ways)}."
        )
    # What only one kind of target needs is imported with it, above all the client of Redis.
    if fields.switch("reboot"):
        return _reboot(clients, fields)
    return _clearing(clients, fields)


def _reboot(clients: Callable[..., Any], fields: Fields) -> Callable[[], Action]:
    from .cache_reboot import CacheReboot

    fields.require({"reboot", "cache_cluster_id"})
    cluster_id = fields.values.get("cache_cluster_id") or required(os.environ, "CACHE_CLUSTER_ID")
    return lambda: CacheReboot(
        fields.target, cluster_id, clients("elasticache"), clients("elasticache", attempts=1)
    )


def _clearing(clients: Callable[..., Any], fields: Fields) -> Callable[[], Action]:
    from diva_common.secret import Secret

    from .cache_clearing import Cache, Flush, PrefixClearing
    from .redis_cache import Server

    server = {"host", "port", "tls", "username", "secret_arn"}
    fields.require({*server, "prefixes", "max_keys", "max_sec", "allow_flush", "reboot"})
    secret_arn = fields.text("secret_arn") if "secret_arn" in fields.values else None
    cache = Cache(
        name=fields.target,
        server=Server(
            host=fields.text("host"),
            port=fields.number("port") or PORT,
            tls=fields.switch("tls"),
            ca_certificates_pem=os.environ.get("CA_CERTIFICATES_PEM") or None,
            username=fields.text("username") if "username" in fields.values else None,
            password=os.environ.get("REDIS_PASSWORD") or None,
            secret=Secret(clients("secretsmanager"), secret_arn) if secret_arn else None,
        ),
        prefixes=fields.texts("prefixes"),
        max_keys=fields.number("max_keys") or MAX_KEYS,
        max_sec=fields.number("max_sec") or MAX_SEC,
        allow_flush=fields.switch("allow_flush"),
    )
    if cache.allow_flush:
        return lambda: Flush(cache)
    return lambda: PrefixClearing(cache, clock)


def _originals(environ: Mapping[str, str]) -> Mapping[str, Mapping[str, Any]]:
    """Return the target of the function that this one replaces. Raises InvalidSettings.

    It may not be flushed, as the original did, unless it is listed with `allow_flush`.
    """
    port = environ.get("REDIS_PORT") or str(PORT)
    if not port.isascii() or not port.isdigit():
        raise InvalidSettings(f"REDIS_PORT must be a whole number, but is {port!r}.")
    return {"cache": {"host": required(environ, "REDIS_HOST"), "port": int(port)}}
