"""State in memory, for the lifetime of the process."""

from __future__ import annotations

from collections.abc import Mapping

from diva.state import Record
from diva.stores import Changes, Snapshot, merged


class MemoryStore:
    """The state of all events in memory, initially `records`."""

    def __init__(self, records: Mapping[str, Record] | None = None) -> None:
        self._snapshot = Snapshot(records or {})

    def read(self) -> Snapshot:
        return self._snapshot

    def write(self, snapshot: Snapshot, changes: Changes) -> Snapshot:
        self._snapshot = Snapshot(merged(snapshot, changes))
        return self._snapshot
