"""The speed-up of a period by shards, each of which runs in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter

from diva.settings import MAX_WORKERS
from local_aws.awslambda.function import Function

from .harness import Harness, harness
from .result import Result

EVENTS = 4_000
SHARDS = 16
PAUSE_SEC = 0.05
TARGET = 0.85


def measure(repeat: int) -> list[Result]:
    """Compare with the best there can be: as many shards take that part of the time."""
    one: list[float] = []
    many: list[float] = []
    with harness() as lambdas, ThreadPoolExecutor(SHARDS) as threads:
        functions = [
            lambdas.function(
                "warm.shard",
                mode="distributed",
                log_level="CRITICAL",
                events=EVENTS,
                pause_sec=PAUSE_SEC,
                more={"PROCESS": str(number)},
            )
            for number in range(SHARDS)
        ]
        # The smallest shards there are start the processes.
        _seconds(lambdas, threads, functions, EVENTS)
        for _ in range(repeat):
            one.append(_seconds(lambdas, threads, functions[:1], 1))
            many.append(_seconds(lambdas, threads, functions, SHARDS))
    return [
        Result(
            f"{EVENTS:,} detections of 50 ms, {MAX_WORKERS} workers a shard: time of 1 shard, "
            f"relative to {SHARDS} × that of {SHARDS} shards",
            median(one) / (SHARDS * median(many)),
            TARGET,
            "×",
            is_minimum=True,
            notes=[f"1 shard: {median(one):.2f} s, {SHARDS} shards: {median(many):.2f} s"],
            samples={"1": one, str(SHARDS): many},
        )
    ]


def _seconds(
    lambdas: Harness, threads: ThreadPoolExecutor, functions: Sequence[Function], count: int
) -> float:
    """Return the time until all of `functions` have run one of `count` shards each."""
    begun = perf_counter()
    runs = [
        threads.submit(lambdas.invoke, function, index=index, count=count)
        for index, function in enumerate(functions)
    ]
    for run in runs:
        run.result()
    return perf_counter() - begun
