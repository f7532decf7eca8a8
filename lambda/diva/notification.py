"""Notifications: the message and the context that `alert` and `resolve` callbacks get."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .machine import Effect
from .policy import Policy
from .state import State


@dataclass(frozen=True, slots=True)
class NotificationContext:
    """What a message is about, passed to a callback that takes a second argument."""

    event: str
    kind: str
    """`alert`, `reminder` or `resolution`."""
    detection_failures: int
    max_failed_detections: int
    injection_failures: int
    max_failed_injections: int
    failing_since: datetime | None
    """In UTC; None in a resolution whose first delivery failed."""
    last_error: str | None
    run_id: str
    """ID of the run, as in its log lines. It begins with Lambda's request ID."""


def context(policy: Policy, state: State, effect: Effect, run_id: str) -> NotificationContext:
    """Return the context of a notification about `state`.

    That is the state that makes `effect` due or, for a resolution, the state before its reset.
    """
    return NotificationContext(
        event=policy.name,
        kind=effect.value,
        detection_failures=state.detection_failures,
        max_failed_detections=policy.max_failed_detections,
        injection_failures=state.injection_failures,
        max_failed_injections=policy.max_failed_injections,
        failing_since=state.failing_since,
        last_error=state.last_error,
        run_id=run_id,
    )


def message(context: NotificationContext) -> str:
    """Return the message, a few sentences for the people on call."""
    since = f" since {context.failing_since:%Y-%m-%d %H:%M:%S} UTC" if context.failing_since else ""
    if context.kind == Effect.RESOLUTION.value:
        was = f" It had been failing{since}." if since else ""
        return f"Event '{context.event}' is healthy again.{was}"
    counts = [
        f"failed {what} in a row: {count} (limit {limit})"
        for what, count, limit in (
            ("detections", context.detection_failures, context.max_failed_detections),
            ("injections", context.injection_failures, context.max_failed_injections),
        )
        if count
    ]
    verb = "is still failing" if context.kind == Effect.REMINDER.value else "is failing"
    error = f" Last error: {context.last_error}." if context.last_error else ""
    return f"Event '{context.event}' {verb}{since}; {', '.join(counts)}.{error}"
