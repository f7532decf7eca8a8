"""What AWS does some time after it has answered, such as starting the tasks of a service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from local_aws.clock import Clock

Change = Callable[[], object]


@dataclass(frozen=True, slots=True)
class _Due:
    at: float
    change: Change


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes that are still to come. Each backend of moto has its own, until it is reset.

    No thread waits for them: they are made up for by the next request to the service.
    """

    clock: Clock

    def after(self, backend: Any, seconds: float, change: Change) -> None:
        """Make a change to a backend so many seconds from now."""
        _of(backend).append(_Due(self.clock.time() + seconds, change))

    def make_due(self, backend: Any) -> None:
        """Make the changes to a backend whose time has come, in the order of their times."""
        now = self.clock.time()
        due = sorted((each for each in _of(backend) if each.at <= now), key=lambda each: each.at)
        _of(backend)[:] = [each for each in _of(backend) if each.at > now]
        for each in due:
            each.change()

    def utcnow(self) -> datetime:
        """Return the time as moto keeps it: UTC, without a time zone."""
        return datetime.fromtimestamp(self.clock.time(), timezone.utc).replace(tzinfo=None)


def _of(backend: Any) -> list[_Due]:
    changes: list[_Due] = vars(backend).setdefault("local_changes", [])
    return changes
