"""What a run does: the event that it is invoked with.

| field | meaning |
|---|---|
| `frequency` | `daily` or `weekly`. Without it, monitors of both frequencies are processed |
| `cleanup` | whether old deleted monitors are purged. Default: `true` without `frequency` |
| `time` | time of the schedule (ISO 8601), which decides the period. Default: the current time |
| `continuation` | set by the function itself when it continues a run, see below |

The events of an EventBridge rule without input have `time` and no `frequency`. Other fields are
ignored. With `time`, an event that is processed late or again belongs to the same period.

A run that has no time left invokes the function with the same event, `cleanup` set to `false`, and

    "continuation": {"run": "<request ID of the first run>", "depth": 1, "after": <monitor ID>}

`after` is the ID of the last monitor before the ones that are left, or null. `depth` is the number
of continuations so far.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .monitors import MonitorId
from .period import FREQUENCIES

_LEAP_SECOND = re.compile(r"(T\d\d:\d\d):60")


class InvalidEvent(Exception):
    """The event does not say what to do."""


@dataclass(frozen=True, slots=True)
class Continuation:
    """The run that a run continues, and where."""

    run: str
    depth: int
    after: MonitorId | None


@dataclass(frozen=True, slots=True)
class Request:
    """What a run does."""

    frequencies: tuple[str, ...]
    cleanup: bool
    at: datetime
    """The time that decides the periods, in UTC."""
    continuation: Continuation | None


def read_request(event: object, now: float) -> Request:
    """Return what `event` asks for at the time `now` (seconds since the epoch).

    Raises InvalidEvent.
    """
    if not isinstance(event, Mapping):
        raise InvalidEvent(f"The event must be a JSON object, but is {type(event).__name__}.")
    frequency = event.get("frequency")
    if frequency is not None and frequency not in FREQUENCIES:
        raise InvalidEvent(f"frequency must be daily or weekly, but is {frequency!r}.")
    cleanup = event.get("cleanup", frequency is None)
    if not isinstance(cleanup, bool):
        raise InvalidEvent(f"cleanup must be true or false, but is {cleanup!r}.")
    return Request(
        frequencies=FREQUENCIES if frequency is None else (frequency,),
        cleanup=cleanup,
        at=_time(event.get("time"), now),
        continuation=_continuation(event.get("continuation")),
    )


def continuing_event(request: Request, request_id: str, after: MonitorId | None) -> dict[str, Any]:
    """Return the event that continues the run of `request` after the monitor `after`."""
    before = request.continuation
    event: dict[str, Any] = {
        "cleanup": False,
        "time": request.at.isoformat(),
        "continuation": {
            "run": before.run if before else request_id,
            "depth": before.depth + 1 if before else 1,
            "after": after,
        },
    }
    if len(request.frequencies) == 1:
        event["frequency"] = request.frequencies[0]
    return event


def _time(text: object, now: float) -> datetime:
    if text is None:
        return datetime.fromtimestamp(now, timezone.utc)
    try:
        # Python has no leap seconds. They belong to the day that they end.
        at = datetime.fromisoformat(_LEAP_SECOND.sub(r"\1:59", str(text)).replace("Z", "+00:00"))
        if at.tzinfo is None:
            raise InvalidEvent(f"time must have an offset from UTC, but is {text!r}.")
        return at.astimezone(timezone.utc)
    except (ValueError, OverflowError) as error:
        raise InvalidEvent(
            f"time must be a time such as 2024-01-15T13:00:00Z, but is {text!r}."
        ) from error


def _continuation(value: object) -> Continuation | None:
    if value is None:
        return None
    if isinstance(value, Mapping):
        run, depth, after = (value.get(name) for name in ("run", "depth", "after"))
        is_id = after is None or (isinstance(after, (str, int)) and not isinstance(after, bool))
        if isinstance(run, str) and type(depth) is int and depth > 0 and is_id:
            return Continuation(run, depth, after)
    raise InvalidEvent(
        "continuation must have run, depth and after, as set by the function itself."
    )
