"""The overhead of the engine per event, above a thread pool that calls the same callbacks."""

from __future__ import annotations

from .harness import harness
from .result import Result

EVENTS = 1000
LIMIT_US = {"CRITICAL": 10.0, "INFO": 40.0}
_LOGS = {"CRITICAL": "logs off", "INFO": "logs at INFO"}


def without_logs(repeat: int) -> list[Result]:
    return [_overhead("CRITICAL", repeat)]


def with_logs(repeat: int) -> list[Result]:
    return [_overhead("INFO", repeat)]


def _overhead(log_level: str, repeat: int) -> Result:
    """Compare the fastest periods, since other work of the machine only adds to a time."""
    with harness() as lambdas:
        function = lambdas.function("warm.overhead", log_level=log_level, events=EVENTS)
        samples: dict[str, list[float]] = lambdas.invoke(function, repeat=repeat)
    us = {name: min(seconds) / EVENTS * 1e6 for name, seconds in samples.items()}
    return Result(
        f"overhead per event, {EVENTS:,} events, {_LOGS[log_level]}",
        us["diva"] - us["bare"],
        LIMIT_US[log_level],
        "µs",
        notes=[
            f"period: {us['diva']:.1f} µs per event, thread pool alone: {us['bare']:.1f} µs",
            f"not included: the store decodes the state in {us['decoding']:.1f} µs per event",
        ],
        samples=samples,
    )
