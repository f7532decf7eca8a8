"""The peak memory of a function."""

from __future__ import annotations

from .harness import harness
from .result import Result

EVENTS = 1000
LIMIT_MB = 64


def measure(repeat: int) -> list[Result]:
    """Measure a new process in a first period, which writes state, and in `repeat` others."""
    with harness() as lambdas:
        function = lambdas.function(events=EVENTS)
        none = lambdas.function("cold.with_boto3")
        peaks = [lambdas.peak_mb(function) for _ in range(1 + repeat)]
        boto3_alone = lambdas.peak_mb(none)
    return [
        Result(
            f"peak memory, {EVENTS:,} events",
            max(peaks),
            LIMIT_MB,
            "MB",
            notes=[f"boto3 with an S3 client alone: {boto3_alone} MB"],
            samples={"diva": [peak * 2**20 for peak in peaks]},
        )
    ]
