"""Faults of AWS, in tables: a line for each, a column for the step it hits and how often.

The cells say what comes of it:

fine   the client or the store gets over it
fails  the step has no effect, and the invocation fails
done   the step has its effect although nobody was told: the invocation fails
late   what could not be read looks like no state, so that only saving fails
-      nothing that another cell does not show, or nothing that can happen
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Mapping
from unittest.mock import patch

from diva import handler as handler_module

from . import events
from .faulty_aws import (
    Exchange,
    Fault,
    FaultyAws,
    after,
    cut_off,
    event_of,
    lost_answer,
    lost_request,
    silence,
)
from .lives import RECORDED, SAVED, SEED, STAGES
from .trial import LOAD, RECORD, SAVE, STEPS, Trial

Case = tuple[str, str, str, str]
"""A step, a fault, `once` or `always`, and what comes of it."""

ON_THE_WAY: Mapping[str, Fault] = {
    "hang": silence,
    "lost request": lost_request,
    "lost answer": lost_answer,
    "cut off": cut_off,
}
SHORT_TIMEOUT_SEC = 5.0
"""Waited for in vain by what hangs, and more than enough for everything else."""


def cases(table: str) -> list[Case]:
    """Return the cells of a table that say something."""
    columns = list(itertools.product(STEPS, ("once", "always")))
    lines = [line.split() for line in table.strip().splitlines()[2:]]
    return [
        (step, " ".join(words[: -len(columns)]), often, end)
        for words in lines
        for (step, often), end in zip(columns, words[-len(columns) :], strict=True)
        if end != "-"
    ]


def name(case: Case) -> str:
    return "-".join(case[:3])


def tried(trial: Trial, way: FaultyAws, case: Case, fault: Fault) -> None:
    """Run a trial in whose first period `fault` happens."""
    step, what, often, end = case
    trial.begin(AWS_ENDPOINT_URL=way.endpoint)
    trial.spoil(way, step, fault, 1 if often == "once" else math.inf)
    timeout_sec = SHORT_TIMEOUT_SEC if what == "hang" else handler_module.TIMEOUT_SEC
    with patch.object(handler_module, "TIMEOUT_SEC", timeout_sec):
        failed = trial.period()
    trial.mend(way)
    assert (failed is None) is (end == "fine"), failed
    called = events.journal() != [[]]
    assert called is (step != LOAD or end != "fails")
    trial.settle(failed, _how_far(step, end))


def _how_far(step: str, end: str) -> str:
    if end == "fine":
        return RECORDED
    before = {LOAD: SEED, SAVE: SEED, RECORD: SAVED}[step]
    return STAGES[STAGES.index(before) + (end == "done")]


def overtaken(write: Callable[[Exchange], object]) -> Fault:
    """Another run writes just before, each time, although it has nothing new to say."""
    return lambda exchange: after(lambda: write(exchange))(exchange)


def new_document(trial: Trial) -> Callable[[Exchange], None]:
    """Return what writes the same state into the bucket in other bytes."""
    indents = itertools.count(1)

    def write(_: Exchange) -> None:
        bucket = trial.process.bucket
        bucket.put_bytes(json.dumps(bucket.document(), indent=next(indents)).encode())

    return write


def new_version(trial: Trial) -> Callable[[Exchange], None]:
    """Return what writes the same state into the table as a new version."""

    def write(exchange: Exchange) -> None:
        store = trial.process.table.store(event=event_of(exchange))
        snapshot = store.read()
        store.write(snapshot, snapshot.records)

    return write
