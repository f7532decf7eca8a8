"""What a run copies: the sources that the event names, and the time that it covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MINUTE_SEC = 60


class InvalidRequest(Exception):
    """The event of the schedule does not say what to copy."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of whole minutes, in seconds since the epoch. The end is not part of it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sources:
    """Where metrics are read. What is empty or None is not read."""

    queue_names: tuple[str, ...]
    state_machine_arn: str | None
    function_name: str | None
    log_group_name: str | None
    """The log group whose lines contain `dt.metrics`."""
    dimensions: Mapping[str, str]
    """Dimensions that all metrics get, by their keys."""


def sources(event: Mapping[str, Any]) -> Sources:
    """Return the sources that the event names. Raises InvalidRequest."""
    names, dimensions = event.get("queue_names") or [], event.get("dimensions") or {}
    if not isinstance(names, list) or not isinstance(dimensions, dict):
        raise InvalidRequest(
            "queue_names must be a list and dimensions an object, but are "
            f"{names!r} and {dimensions!r}."
        )
    found = Sources(
        tuple(map(str, names)),
        event.get("state_machine_arn"),
        event.get("function_name"),
        event.get("log_group_name"),
        {str(key): str(value) for key, value in dimensions.items()},
    )
    if not any((names, found.state_machine_arn, found.function_name, found.log_group_name)):
        raise InvalidRequest(
            "The event must have at least one of queue_names, state_machine_arn, function_name and "
            f"log_group_name, but has {', '.join(event) or 'nothing'}."
        )
    return found


def window(event: Mapping[str, Any], lag_sec: float, now: float) -> Window:
    """Return the time that a run covers, so that the windows of a schedule follow each other.

    The window is as long as the interval of the schedule (`interval_sec`) and begins at a multiple
    of it. It ends `lag_sec` or up to an interval more before the time that the run was scheduled
    for (`time`), or `now` without one. A run that begins late, or again, covers the same window.
    Raises InvalidRequest.
    """
    interval = event.get("interval_sec")
    if not isinstance(interval, int) or interval < MINUTE_SEC or interval % MINUTE_SEC:
        raise InvalidRequest(
            f"interval_sec must be a multiple of {MINUTE_SEC} (seconds), but is {interval!r}."
        )
    end = int((_time(event, now) - lag_sec) // interval) * interval
    return Window(end - interval, end)


def _time(event: Mapping[str, Any], now: float) -> float:
    text = event.get("time")
    if text is None:
        return now
    try:
        at = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError as error:
        raise InvalidRequest(
            f"time must be a time such as 2026-01-31T12:00:00Z, but is {text!r}."
        ) from error
    if at.tzinfo is None:
        raise InvalidRequest(f"time must have an offset from UTC, but is {text!r}.")
    return at.timestamp()
