"""Reads the states of events from their records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import report
from .machine import restored
from .policy import Policy
from .state import InvalidState, Record, State, from_record
from .stores import Snapshot


class States:
    """Reads states, and each record only once, however often it is folded."""

    def __init__(self, policies: Mapping[str, Policy]) -> None:
        self._policies = policies
        self._known: dict[str, tuple[Record | None, State, InvalidState | None]] = {}

    def at_begin(self, snapshot: Snapshot, names: Iterable[str]) -> dict[str, State]:
        """Return the states before a period, and log those that are invalid."""
        states = {}
        for name in names:
            states[name], error = self.read(snapshot, name)
            if error:
                report.log_invalid_state(name, error, snapshot.records[name])
        return states

    def read(self, snapshot: Snapshot, name: str) -> tuple[State, InvalidState | None]:
        """Return the state of an event; the defaults and an error if the stored one is invalid."""
        record = snapshot.records.get(name)
        known = self._known.get(name)
        if known is None or known[0] is not record:
            policy = self._policies[name]
            try:
                state = restored(policy, None if record is None else from_record(record))
                known = record, state, None
            except InvalidState as error:
                known = record, restored(policy, None), error
            self._known[name] = known
        return known[1], known[2]
