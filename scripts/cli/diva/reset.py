"""`diva reset`: reset events to their default state."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime

from diva.clock import Clock
from diva.incidents import recovered
from diva.state import InvalidState, Record, State, from_record, to_record
from diva.stores import Folded, Snapshot, Store, commit

from ..common.output import Output
from ..common.state_location import StateLocation
from ..common.stderr import print_stderr
from ..common.text import printable
from .arguments import location
from .nearest import nearest

PATIENCE_SEC = 30
"""How long a reset makes way for other writers before it fails."""


def reset(given: argparse.Namespace, output: Output) -> int:
    """Reset the given events, or none if one is unknown. Raises StoreError."""
    where = location(given)
    known = where.records()
    names = list(dict.fromkeys(given.events))
    unknown = [name for name in names if name not in known]
    for name in unknown:
        print_stderr(f"diva: no state of event {name!r} in {where.name}.{nearest(name, known)}")
    if unknown:
        print_stderr("Nothing was reset.")
        return 1
    done = _reset(where, names)
    for name in names:
        output.line(
            f"{printable(name)}: {'reset' if name in done else 'already in its default state'}"
        )
    return 0


def _reset(where: StateLocation, names: Sequence[str]) -> set[str]:
    """Reset `names` and return those that were not in their default state.

    Changes that other runs write at the same time are kept.
    """
    return {name for store, held in where.stores(names) for name in _reset_in(store, held)}


def _reset_in(store: Store, names: Sequence[str]) -> list[str]:
    clock = Clock()

    def fold(snapshot: Snapshot) -> Folded[list[str]]:
        # An event that another run has removed meanwhile is not created again.
        stored = {name: snapshot.records[name] for name in names if name in snapshot.records}
        changes = {name: _defaults(record, clock.now()) for name, record in stored.items()}
        changed = [name for name in stored if {**stored[name], **changes[name]} != stored[name]]
        return Folded({name: changes[name] for name in changed}, changed)

    until = clock.monotonic() + PATIENCE_SEC
    return commit(store, store.read(), fold, clock, until)[1].result


def _defaults(record: Record, now: datetime) -> Record:
    """Return the defaults that replace `record`. An open incident ends now."""
    try:
        state = from_record(record)
    except InvalidState:
        return to_record(State())
    if not state.incidents or state.incidents[-1].end is not None:
        return to_record(State())
    incidents = recovered(state.incidents, state.failing_since, state.alerted_at, now)
    return to_record(State(incidents=incidents))
