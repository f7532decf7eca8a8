"""Changes that come some time after a request."""

from __future__ import annotations

from datetime import datetime, timezone

from local_aws.changes import Changes

from .clocks import StoppedClock


class Backend:
    """Has attributes, as the backends of moto have."""


def test_changes_are_made_in_the_order_of_their_times_and_once() -> None:
    clock, backend, made = StoppedClock(), Backend(), list[str]()
    changes = Changes(clock)
    for seconds, name in ((20, "later"), (10, "sooner"), (30, "last")):
        changes.after(backend, seconds, lambda name=name: made.append(name))  # type: ignore[misc]
    seen = []
    for _ in range(4):
        changes.make_due(backend)
        seen.append(made.copy())
        clock.advance(15)
    assert seen == [[], ["sooner"], ["sooner", "later", "last"], ["sooner", "later", "last"]]


def test_each_backend_has_its_own_changes() -> None:
    clock, made = StoppedClock(), list[str]()
    changes = Changes(clock)
    changes.after(Backend(), 0, lambda: made.append("made"))
    changes.make_due(Backend())
    assert made == []


def test_times_are_in_utc() -> None:
    clock = StoppedClock()
    now = Changes(clock).utcnow().replace(tzinfo=timezone.utc)
    assert now == datetime.fromtimestamp(clock.time(), timezone.utc)
