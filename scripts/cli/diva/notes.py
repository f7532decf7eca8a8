"""Notes on options that are valid, but may hide a failure or have no effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from diva.options import shown
from diva.policy import Policy


def notes(policy: Policy, given: object) -> Iterator[str]:
    """Yield what a reader of the event's options should know, a sentence or two each.

    `given` are the options from which `policy` was read. They show which ones were left out.
    """
    event = f"event {shown(policy.name)}"
    if policy.role == "inject" and not policy.inject_each_period:
        yield (
            f"{event} is injected until an injection has succeeded once, and skipped in every "
            "later period. To keep testing its injection, set inject_each_period to True."
        )
    warmup = given.get("warmup") if isinstance(given, Mapping) else None
    if policy.warmup.enabled and policy.warmup.max_periods is None:
        yield (
            f"{event} never alerts if it never works, because its warmup has no end. Set "
            "warmup.max_periods to the number of periods after which failures count."
        )
    if warmup and "enabled" not in warmup:
        yield (
            f"{event} has no warmup: {', '.join(warmup)} has no effect without 'enabled': True in "
            "warmup."
        )
