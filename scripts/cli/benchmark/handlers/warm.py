"""Handlers that time periods in a process that has run some before."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from time import perf_counter
from typing import Any

import boto3
from botocore.config import Config

from cli.common.memory_store import MemoryStore
from diva import handler as diva
from diva.engine import Engine
from diva.pool import Pool
from diva.redact import Redactor
from diva.stores import document

from .event_logic import EVENTS, detect

_OUTPUTS = (1, 2)


class Unhealthy(Exception):
    """A period did not find every event healthy, so its figures would mean nothing."""


def periods(event: dict[str, int], context: Any) -> float:
    """Run `repeat` periods and return how many seconds they took."""
    with _log_unread():
        return sum(_seconds(lambda: _period(context)) for _ in range(event["repeat"]))


def callbacks(event: dict[str, int], context: Any) -> dict[str, list[float]]:
    """Time `repeat` periods, and as many maps of their callbacks, by turns."""
    return _by_turns(event["repeat"], context, detect)


def overhead(event: dict[str, int], context: Any) -> dict[str, list[float]]:
    """Do as `callbacks` does, with the state in memory instead of AWS.

    Beside them goes what a store in AWS would add to each: decoding the state's document.
    """
    made = diva.runtime()
    engine = Engine(Pool(made.settings.max_workers), Redactor(os.environ))
    store = MemoryStore()
    runtime = replace(
        made, run_period=lambda policies, *rest: engine.run_shared(policies, store, *rest)
    )
    diva.runtime = lambda: runtime  # type: ignore[assignment]  # from here on it is only called
    seconds = _by_turns(event["repeat"], context, detect)
    body = document.encode(store.read().records)
    decoding = [_seconds(lambda: document.decode(body)) for _ in range(event["repeat"])]
    return {**seconds, "decoding": decoding}


def reads(event: dict[str, int], context: Any) -> dict[str, list[float]]:
    """Do as `callbacks` does, with a read of the event's item before each call in the map."""
    settings = diva.runtime().settings
    client = boto3.client("dynamodb", config=Config(max_pool_connections=settings.max_workers))

    def read_and_detect(name: str) -> bool:
        client.get_item(
            TableName=settings.state_table,
            Key={"event_id": {"S": name}},
            ConsistentRead=True,
            ReturnConsumedCapacity="TOTAL",
        )
        return detect(name)

    return _by_turns(event["repeat"], context, read_and_detect)


def memory(event: object, context: Any) -> int:
    """Return the most bytes that a period takes beside what was there before it."""
    with _log_unread():
        _period(context)
        tracemalloc.start()
        try:
            _period(context)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def _by_turns(repeat: int, context: Any, callback: Callable[[str], bool]) -> dict[str, list[float]]:
    """Return the seconds of periods and of bare maps of `callback`, after a first period.

    By turns, so that whatever else the machine does meets both.
    """
    workers = diva.runtime().settings.max_workers
    seconds: dict[str, list[float]] = {"diva": [], "bare": []}
    with _log_unread():
        _period(context)
        for _ in range(repeat):
            seconds["diva"].append(_seconds(lambda: _period(context)))
            seconds["bare"].append(_seconds(lambda: _map(workers, callback)))
    return seconds


def _period(context: Any) -> None:
    result = diva.handler({}, context)
    if result["healthy"] != len(EVENTS):
        raise Unhealthy(f"{result['healthy']} of {len(EVENTS)} events are healthy")


def _map(workers: int, callback: Callable[[str], bool]) -> None:
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(callback, EVENTS))


def _seconds(call: Callable[[], object]) -> float:
    begun = perf_counter()
    call()
    return perf_counter() - begun


@contextmanager
def _log_unread() -> Iterator[None]:
    """Write what is logged and printed to nowhere: reading it is not the function's work."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    kept = {stream: os.dup(stream) for stream in _OUTPUTS}
    for stream in kept:
        os.dup2(nowhere, stream)
    try:
        yield
    finally:
        for stream, copy in kept.items():
            os.dup2(copy, stream)
            os.close(copy)
        os.close(nowhere)
