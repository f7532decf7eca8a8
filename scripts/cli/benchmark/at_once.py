"""The functions of the S3 event processor that run at one moment."""

from __future__ import annotations

from collections.abc import Sequence

from .harness import BenchmarkError
from .processor import processor
from .result import Result

LANES = 2
CONCURRENCY = 3
OBJECTS = 30
JOB_SEC = 0.2
EXECUTIONS = 3
"""Executions that are started at once."""


def measure(repeat: int) -> list[Result]:
    most: list[float] = []
    for _ in range(repeat):
        with processor(
            stagger_sec=0,
            sqs_receive_wait_time_seconds=0,
            step_functions_max_concurrency=CONCURRENCY,
            step_functions_lanes=LANES,
        ) as processing:
            processing.send([JOB_SEC] * OBJECTS)
            started = [processing.start() for _ in range(EXECUTIONS)]
            for each in started:
                processing.ended(each)
            jobs = processing.jobs()
        if len(jobs) != OBJECTS:
            raise BenchmarkError(f"{len(jobs)} of {OBJECTS} messages were processed")
        most.append(_most_at_once(jobs))
    return [
        Result(
            f"functions at once, {LANES} lanes × {CONCURRENCY}, {OBJECTS} objects in the queue",
            max(most),
            LANES * CONCURRENCY,
            "",
            notes=[f"{EXECUTIONS} executions were started"],
            samples={"most": most},
        )
    ]


def _most_at_once(intervals: Sequence[tuple[float, float]]) -> int:
    """Return how many intervals overlap at most. One that begins when another ends overlaps it."""
    changes = [(began, -1) for began, _ in intervals] + [(ended, 1) for _, ended in intervals]
    now = most = 0
    for _, change in sorted(changes):
        now -= change
        most = max(most, now)
    return most
