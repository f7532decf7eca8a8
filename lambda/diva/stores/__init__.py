"""The interface of a state store, and the commit loop that resolves conflicts."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ..state import Record

T = TypeVar("T")

ATTEMPTS = 5
LONGEST_PAUSE_SEC = 0.1
REMEMBERED_WRITES = 8
"""More than other runs write between a write whose answer was lost and its repetition."""

Changes = Mapping[str, Record | None]
"""New records by event name. None removes the record of an event."""


class StoreError(Exception):
    """State could not be read or written. The message says which, where, and what would help."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Records by event name, and the version that a write of them must still find."""

    records: Mapping[str, Record]
    version: object = None
    """None if nothing is stored."""
    writes: tuple[str, ...] = ()
    """Ids of the latest writes, newest first, in a store whose client repeats requests.

    A write whose answer got lost is repeated by the client and fails its condition; by its id
    it is recognised as one that succeeded, even if another run has written since.
    """

    def next_writes(self) -> tuple[str, ...]:
        """Return the ids to store with the next write, whose own id is the first."""
        return (uuid.uuid4().hex, *self.writes)[:REMEMBERED_WRITES]


class Conflict(Exception):
    """Another run has written since the snapshot was read; `fresh` is the current one."""

    def __init__(self, fresh: Snapshot) -> None:
        super().__init__("the state was changed by another run")
        self.fresh = fresh


class Store(Protocol):
    """Reads and conditionally writes a unit of state: a document of all events, or one item."""

    def read(self) -> Snapshot:
        """Return what is stored, an empty snapshot only if nothing is. Raises StoreError."""
        ...

    def write(self, snapshot: Snapshot, changes: Changes) -> Snapshot:
        """Write `changes` if the store still matches `snapshot`, and return the new snapshot.

        Fields of a record that are not in `changes` are kept. Raises Conflict or StoreError.
        """
        ...


@dataclass(frozen=True, slots=True)
class Folded(Generic[T]):
    """The changes that a fold makes to a snapshot, and a result of the caller's choice."""

    changes: Changes
    result: T


def commit(
    store: Store,
    snapshot: Snapshot,
    fold: Callable[[Snapshot], Folded[T]],
    pause: Callable[[float], None] = time.sleep,
) -> tuple[Snapshot, Folded[T]]:
    """Write what `fold` makes of `snapshot`; fold again over what another run has written.

    Returns what is stored afterwards, and what was folded to get there.

    `fold` may be called several times, and only the last call counts: it changes nothing.
    Nothing is written where it returns no changes. Raises StoreError when the store cannot be
    written, or changes under each of several attempts.
    """
    for attempt in range(ATTEMPTS):
        folded = fold(snapshot)
        if not folded.changes:
            return snapshot, folded
        try:
            return store.write(snapshot, folded.changes), folded
        except Conflict as conflict:
            snapshot = conflict.fresh
            pause(random.uniform(0, LONGEST_PAUSE_SEC * (attempt + 1)))
    names = ", ".join(sorted(folded.changes)[:3])
    raise StoreError(
        f"state of {names} was changed by other runs during each of {ATTEMPTS} attempts to write "
        "it; nothing was overwritten"
    )


def merged(snapshot: Snapshot, changes: Changes) -> dict[str, Record]:
    """Return the records after `changes`. Fields that this version does not know are kept."""
    records = dict(snapshot.records)
    for name, record in changes.items():
        if record is None:
            records.pop(name, None)
        else:
            records[name] = {**records.get(name, {}), **record}
    return records
