"""The duration of staggered invocations, relative to the stagger and the work alone."""

from __future__ import annotations

from statistics import median

from .processor import processor
from .result import Result

OBJECTS = 40
CONCURRENCY = 10
STAGGER_SEC = 1
JOB_SEC = 0.2
LIMIT = 1.25


def measure(repeat: int) -> list[Result]:
    with processor(
        stagger_sec=STAGGER_SEC,
        sqs_receive_wait_time_seconds=0,
        step_functions_max_concurrency=CONCURRENCY,
    ) as processing:
        samples = [processing.process([JOB_SEC] * OBJECTS).seconds for _ in range(repeat)]
    batches = [min(CONCURRENCY, OBJECTS - done) for done in range(0, OBJECTS, CONCURRENCY)]
    ideal_sec = sum((batch - 1) * STAGGER_SEC + JOB_SEC for batch in batches)
    return [
        Result(
            f"{OBJECTS} objects, {CONCURRENCY} at once, {STAGGER_SEC} s apart, jobs of "
            f"{JOB_SEC:g} s, relative to the ideal",
            median(samples) / ideal_sec,
            LIMIT,
            "×",
            notes=[f"ideal: {ideal_sec:.1f} s, measured: {median(samples):.1f} s"],
            samples={"execution": samples},
        )
    ]
