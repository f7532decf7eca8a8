"""The state of an event in words."""

from __future__ import annotations

from datetime import datetime, timezone

from diva.state import State

from .text import counted


def health(state: State) -> str:
    """Return a word for the health of an event."""
    if state.in_warmup:
        return "warmup"
    if state.healthy is not None:
        return "healthy" if state.healthy else "failing"
    # An event that nothing detects is judged by its injections.
    if state.injection_failures:
        return "failing"
    return "injected" if state.injected else "unknown"


def details(state: State, now: datetime) -> list[str]:
    """Return what else there is to say about an event, besides its failures and last error."""
    parts = []
    if state.injected:
        parts.append("injected")
    if state.in_warmup:
        periods = counted(state.warmup_periods, "period")
        parts.append(f"warmup: {periods}, the last {state.warmup_counter} healthy")
    if state.cooldown_counter:
        periods = counted(state.cooldown_counter, "period")
        parts.append(f"cooldown: healthy for {periods}")
    if state.resolve_due:
        parts.append("resolution pending")
    if state.alert_claim is not None:
        claim = state.alert_claim
        until = f"{claim.expires.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
        if claim.expires > now:
            parts.append(f"run {claim.run_id} is delivering a notification (claim expires {until})")
        else:
            parts.append(
                f"run {claim.run_id} did not complete its delivery (claim expired {until})"
            )
    return parts
