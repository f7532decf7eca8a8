"""The most memory that a process of the function ever holds."""

from __future__ import annotations

from .harness import harness
from .result import Result

EVENTS = 1000
LIMIT_MB = 64


def measure(repeat: int) -> list[Result]:
    """Take a new process through a first period, which writes, and `repeat` warm ones."""
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
