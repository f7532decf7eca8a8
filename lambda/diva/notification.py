"""Notifications: the message and the context that `alert` and `resolve` callbacks get."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .machine import Effect
from .period import Invocation
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
    injected: bool
    """Whether an injection has succeeded since the event began to fail."""
    failing_since: datetime | None
    """In UTC; None in a resolution whose first delivery failed."""
    last_error: str | None
    function_name: str
    """Name of the function that sends the message."""
    run_id: str
    """ID of the run, as in its log lines. It begins with Lambda's request ID."""


def context(
    policy: Policy, state: State, effect: Effect, invocation: Invocation
) -> NotificationContext:
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
        injected=state.injected,
        failing_since=state.failing_since,
        last_error=state.last_error,
        function_name=invocation.function_name,
        run_id=invocation.run_id,
    )


def message(context: NotificationContext) -> str:
    """Return the message, a few sentences for the people on call."""
    who = f"Event '{context.event}' ({context.function_name})"
    since = f" since {context.failing_since:%Y-%m-%d %H:%M:%S} UTC" if context.failing_since else ""
    if context.kind == Effect.RESOLUTION.value:
        return f"{who} is healthy again." + (f" It had been failing{since}." if since else "")
    still = "still " if context.kind == Effect.REMINDER.value else ""
    counts = [
        f"failed {what}: {count} (limit {limit})"
        for what, count, limit in (
            ("detections", context.detection_failures, context.max_failed_detections),
            ("injections", context.injection_failures, context.max_failed_injections),
        )
        if count
    ]
    error = f" Last error: {context.last_error}." if context.last_error else ""
    fails = f"is {still}failing: {_reason(context)}{since}"
    return f"{who} {fails}. Consecutive {', '.join(counts)}.{error}"


def _reason(context: NotificationContext) -> str:
    if context.injection_failures:
        detected = "not detected, and " if context.detection_failures else ""
        return f"{detected}could not be injected"
    return "injected, and still not detected" if context.injected else "not detected"
