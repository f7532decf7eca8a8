"""The cost per event, by the number of events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .harness import harness
from .result import Result

SIZES = (100, 1_000, 10_000)
LIMIT = 1.1
"""Costs that grow with the square of the number of events would result in 10."""


def measure(repeat: int) -> list[Result]:
    with harness() as lambdas:
        timed, traced = (
            {
                size: lambdas.function(f"warm.{handler}", log_level="CRITICAL", events=size)
                for size in SIZES
            }
            for handler in ("periods", "memory")
        )
        seconds: dict[int, list[float]] = {size: [] for size in SIZES}
        for function in timed.values():
            lambdas.invoke(function, repeat=1)
        for _ in range(repeat):
            for size, function in timed.items():
                # As many events for each size, so that other work of the machine affects all alike.
                periods = max(SIZES) // size
                seconds[size].append(lambdas.invoke(function, repeat=periods) / periods)
        peaks: dict[int, list[float]] = {
            size: [lambdas.invoke(function)] for size, function in traced.items()
        }
    return [
        _growth("time", seconds, "µs", 1e6),
        _growth("memory", peaks, "kB", 1e-3),
    ]


def _growth(what: str, samples: Mapping[int, Sequence[float]], unit: str, scale: float) -> Result:
    """Compare the cost per event with that among a tenth of the events."""
    each = {size: min(samples[size]) / size for size in SIZES}
    few, more, most = SIZES
    shown = ", ".join(f"{cost * scale:.1f} with {size:,} events" for size, cost in each.items())
    return Result(
        f"{what} per event, growth from {few:,} to {more:,} or from {more:,} to {most:,} events",
        max(each[most] / each[more], each[more] / each[few]),
        LIMIT,
        "×",
        notes=[f"{unit} per event: {shown}"],
        samples={str(size): samples[size] for size in SIZES},
    )
