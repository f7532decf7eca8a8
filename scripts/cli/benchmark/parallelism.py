"""The duration of periods with waiting callbacks, relative to the waiting time."""

from __future__ import annotations

from statistics import median

from diva.settings import MAX_WORKERS

from .harness import harness
from .result import Result

MONOLITHIC_EVENTS = 200
DISTRIBUTED_EVENTS = 1_000


def monolithic(repeat: int) -> list[Result]:
    events, pause_sec = MONOLITHIC_EVENTS, 0.05
    with harness() as lambdas:
        function = lambdas.function("warm.callbacks", events=events, pause_sec=pause_sec)
        samples: dict[str, list[float]] = lambdas.invoke(function, repeat=repeat)
    ideal_sec = events * pause_sec / MAX_WORKERS
    return [
        Result(
            f"{events} detections of 50 ms, {MAX_WORKERS} workers, relative to the ideal",
            median(samples["diva"]) / ideal_sec,
            1.03,
            "×",
            notes=[
                f"ideal: {ideal_sec:.2f} s",
                f"thread pool alone: {median(samples['bare']) / ideal_sec:.3f}",
            ],
            samples=samples,
        )
    ]


def distributed(repeat: int) -> list[Result]:
    """Compare with boto3 alone, with the same reads and pauses on a thread pool.

    The threads share the interpreter, which each call of boto3 occupies for a while. Therefore
    the waiting time alone is out of reach for everything that calls boto3.
    """
    events, pause_sec, call_sec = DISTRIBUTED_EVENTS, 0.005, 0.005
    with harness(call_sec) as lambdas:
        function = lambdas.function(
            "warm.reads",
            mode="distributed",
            events=events,
            pause_sec=pause_sec,
        )
        samples: dict[str, list[float]] = lambdas.invoke(function, repeat=repeat)
    waiting_sec = events * (call_sec + pause_sec) / MAX_WORKERS
    diva, bare = median(samples["diva"]), median(samples["bare"])
    return [
        Result(
            f"{events:,} detections of 5 ms and DynamoDB calls of 5 ms, relative to boto3 alone",
            diva / bare,
            1.15,
            "×",
            notes=[
                f"{MAX_WORKERS} workers; waiting alone: {waiting_sec:.2f} s",
                f"relative to waiting alone: DIVA {diva / waiting_sec:.2f}, "
                f"boto3 {bare / waiting_sec:.2f}",
            ],
            samples=samples,
        )
    ]
