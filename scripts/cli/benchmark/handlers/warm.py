"""Handlers that measure periods in a warm process."""

from __future__ import annotations

import functools
import os
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from time import perf_counter
from typing import Any

import boto3
from botocore.config import Config

from cli.common.memory_store import MemoryStore
from diva import handler as diva
from diva.engine import Engine
from diva.incidents import Incident, failed, recovered
from diva.pool import Pool
from diva.redact import Redactor
from diva.state import Record, State, to_record
from diva.stores import document

from .event_logic import EVENTS, detect

_OUTPUTS = (1, 2)


class Unhealthy(Exception):
    """An event was not healthy, so a figure would be meaningless."""


def periods(event: dict[str, int], context: Any) -> float:
    """Return the seconds that `repeat` periods take."""
    with _log_unread():
        return sum(_seconds(lambda: _period(context)) for _ in range(event["repeat"]))


def callbacks(event: dict[str, int], context: Any) -> dict[str, list[float]]:
    """Measure `repeat` periods, and as many maps of their callbacks on a thread pool, in turns."""
    return _by_turns(event["repeat"], context, detect)


def overhead(event: dict[str, int], context: Any) -> dict[str, list[float]]:
    """Measure like `callbacks`, with the state in memory instead of AWS.

    Each event has had `incidents` incidents. Also measures decoding the state document, which a
    store in AWS would add to a period.
    """
    made = diva.runtime()
    engine = Engine(Pool(made.settings.max_workers), Redactor(os.environ))
    store = MemoryStore(dict.fromkeys(EVENTS, _healthy(event["incidents"])))
    runtime = replace(
        made, run_period=lambda policies, *rest: engine.run_shared(policies, store, *rest)
    )
    diva.runtime = lambda: runtime  # type: ignore[assignment]  # a cached function
    seconds = _by_turns(event["repeat"], context, detect)
    body = document.encode(store.read().records)
    decoding = [_seconds(lambda: document.decode(body)) for _ in range(event["repeat"])]
    return {**seconds, "decoding": decoding}


def _healthy(incidents: int) -> Record:
    """Return the record of a healthy event that has failed `incidents` times."""
    begin = datetime(2026, 1, 1, tzinfo=timezone.utc)
    found: Sequence[Incident] = ()
    for day in range(incidents):
        since = begin + timedelta(days=day)
        found = failed(found, since, since, "detect returned False")
        found = recovered(found, since, since, since + timedelta(minutes=20))
    return to_record(State(healthy=True, incidents=found))


def shard(event: dict[str, int], context: Any) -> None:
    """Run a period of one shard, the part `index` of `count`, with the state in memory."""
    runtime = _with_separate_states()
    diva.runtime = lambda: runtime  # type: ignore[assignment]  # a cached function
    with _log_unread():
        result = diva.handler({"shard": event}, context)
    if result["healthy"] != result["events"]:
        raise Unhealthy(f"{result['healthy']} of {result['events']} events are healthy")


@functools.cache
def _with_separate_states() -> diva.Runtime:
    made = diva.runtime()
    engine = Engine(Pool(made.settings.max_workers), Redactor(os.environ))
    stores: defaultdict[str, MemoryStore] = defaultdict(MemoryStore)
    return replace(
        made,
        run_period=lambda policies, invocation: engine.run_separate(
            policies, stores.__getitem__, invocation
        ),
    )


def reads(event: dict[str, int], context: Any) -> dict[str, list[float]]:
    """Measure like `callbacks`, with a read of the event's item before each call in the map."""
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
    """Return the peak memory of a period in bytes, without what was allocated before."""
    with _log_unread():
        _period(context)
        tracemalloc.start()
        try:
            _period(context)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def _by_turns(repeat: int, context: Any, callback: Callable[[str], bool]) -> dict[str, list[float]]:
    """Return the seconds of periods and of maps of `callback`, after a first period.

    Both take turns, so that other work of the machine affects both.
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
    """Discard the log and the output, since reading them is not the work of the function."""
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
