"""The overhead of the engine per event, above a thread pool that calls the same callbacks."""

from __future__ import annotations

from diva.incidents import MOST

from .harness import harness
from .result import Result

EVENTS = 1000
LIMIT_US = {"CRITICAL": 10.0, "INFO": 40.0}
_LOGS = {"CRITICAL": "logs off", "INFO": "logs at INFO"}


def without_logs(repeat: int) -> list[Result]:
    return [_overhead("CRITICAL", repeat)]


def with_history(repeat: int) -> list[Result]:
    """Hold the overhead with a full history to the target without one: nobody reads it."""
    return [_overhead("CRITICAL", repeat, MOST)]


def with_logs(repeat: int) -> list[Result]:
    return [_overhead("INFO", repeat)]


def _overhead(log_level: str, repeat: int, incidents: int = 0) -> Result:
    """Compare the fastest periods, since other work of the machine only adds to a time."""
    with harness() as lambdas:
        function = lambdas.function("warm.overhead", log_level=log_level, events=EVENTS)
        samples: dict[str, list[float]] = lambdas.invoke(
            function, repeat=repeat, incidents=incidents
        )
    us = {name: min(seconds) / EVENTS * 1e6 for name, seconds in samples.items()}
    history = f", {incidents} incidents each" if incidents else ""
    return Result(
        f"overhead per event, {EVENTS:,} events{history}, {_LOGS[log_level]}",
        us["diva"] - us["bare"],
        LIMIT_US[log_level],
        "µs",
        notes=[
            f"period: {us['diva']:.1f} µs per event, thread pool alone: {us['bare']:.1f} µs",
            f"not included: the store decodes the state in {us['decoding']:.1f} µs per event",
        ],
        samples=samples,
    )
