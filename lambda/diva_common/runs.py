"""The time that a run of a function has, and how it measures it."""

from __future__ import annotations

from typing import Protocol

RESERVE_SEC = 2.0
"""Kept at the end of a run, to report what was not delivered before Lambda ends the run."""


class Context(Protocol):
    """The part of Lambda's context object that is used."""

    def get_remaining_time_in_millis(self) -> int: ...


class Clock(Protocol):
    """What functions need of a clock. The module `time` is one."""

    def time(self) -> float:
        """Return the seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary point in time."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Wait for `seconds` seconds."""
        ...


def end_of_run(context: Context, clock: Clock) -> float:
    """Return the monotonic time until which a run may keep trying."""
    return clock.monotonic() + context.get_remaining_time_in_millis() / 1000 - RESERVE_SEC
