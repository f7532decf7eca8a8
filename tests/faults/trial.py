"""A trial: one period in which something breaks, then periods in which nothing does.

What must hold afterwards, whatever broke, is checked by `Trial.settle`:

- every alert, reminder and resolution that was due has been delivered, and once only –
  twice where the period broke off between the delivery and its record;
- every counter is what the callbacks saw, save that a period which did not get as far as
  saving is missing as a whole;
- the record of an event that had nothing to write is byte for byte what it was;
- an invocation that did not load and save all it had to has failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from diva import handler as handler_module
from diva.handler import PeriodFailed
from diva.pool import Pool
from diva.state import State, from_record, to_record
from local_aws import LocalAws
from tests.diva.clocks import Calendar
from tests.diva.lambda_process import Process, process_of

from . import driver, events, stored
from .faulty_aws import Exchange, Fault, FaultyAws, event_of, passed
from .lives import BEGIN, LIVES, RECORDED, SAVED, SEED, STAGES, Life, bare, stage

EVENT_LOGIC = "from tests.faults.events import get_events\n"
PERIOD = timedelta(minutes=5)
QUIET_PERIODS = 2
BYSTANDER = "healthy"
READS, WRITES = ("GetObject", "GetItem"), ("PutObject", "UpdateItem")
LOAD, SAVE, RECORD = STEPS = ("load", "save", "record")
"""What a request to AWS is made for; after a conflict, `load` is reading again."""


class Trial:
    """The events of `events` in one mode, with `now` as the clock that DIVA sees."""

    def __init__(self, process: Process, folder: Path) -> None:
        self.process = process
        self.now = BEGIN
        self._lives: Mapping[str, Life] = LIVES
        self._journal = folder / "journal"
        self._journal.touch()

    def begin(
        self,
        records: Mapping[str, Mapping[str, Any]] | None = None,
        lives: Mapping[str, Life] = LIVES,
        **environ: str,
    ) -> None:
        """Store what the trial begins with, by default all of `lives`, and start the process."""
        self._lives = lives
        if records is None:
            records = seeds(lives)
        if records:
            stored.put(self.process, records)
        if not lives[BYSTANDER].is_written:
            self._bystander = stored.form(self.process, BYSTANDER)
        self.process.start(EVENT_LOGIC, **{events.JOURNAL: str(self._journal)}, **environ)

    def period(self) -> str | None:
        """Run a period in this process, and return why it failed, if it did."""
        self._next_period()
        try:
            self.process.invoke()
        except PeriodFailed as error:
            return str(error)
        return None

    def child(self, way: FaultyAws, kill_at: str = "") -> subprocess.Popen[bytes]:
        """Begin a period in a process of its own, which dies at `kill_at`; see `driver`."""
        self._next_period()
        environ = {
            **os.environ,
            "AWS_ENDPOINT_URL": way.endpoint,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            driver.NOW: self.now.isoformat(),
            driver.KILL_AT: kill_at,
        }
        return subprocess.Popen([sys.executable, "-m", driver.__name__], env=environ)

    def spoil(
        self, way: FaultyAws, step: str, fault: Fault, times: float, event: str | None = None
    ) -> None:
        """Let the first `times` requests of `step` for each unit of state meet `fault`.

        `event` takes one of these units, where each event is one.
        """
        met: Counter[str] = Counter()
        lock = threading.Lock()

        def spoilt(exchange: Exchange) -> None:
            unit = event_of(exchange)
            with lock:
                hit = self._step_of(exchange) == step and met[unit] < times
                hit = hit and (unit in ("", event or unit))
                met[unit] += hit
            (fault if hit else passed)(exchange)

        for operation in READS + WRITES:
            way.always(operation, spoilt)

    def mend(self, way: FaultyAws) -> None:
        """Let nothing go wrong on `way` any more."""
        for operation in READS + WRITES:
            way.always(operation, passed)

    def states(self) -> dict[str, State]:
        """Return what is stored of each event."""
        records = stored.records(self.process)
        return {name: from_record(records.get(name, {})) for name in self._lives}

    def stages(self) -> dict[str, str]:
        """Return how far each event's first period got; all the same where they share a state."""
        stages = {name: stage(self._lives[name], state) for name, state in self.states().items()}
        if self.process.mode == "monolithic":
            found = {stages[name] for name, life in self._lives.items() if life.is_written}
            assert found in ({SEED}, {SAVED}, {SAVED, RECORDED}), stages
        return stages

    def settle(self, failed: str | None = None, expected: str | None = None) -> None:
        """Let quiet periods follow the one that was spoilt, and check what must hold then.

        `failed` says how that one failed, and `expected` how far it is to have got.
        """
        stages, spoilt = self.stages(), events.journal()[-1]
        for name, life in self._lives.items():
            if life.is_written and expected is not None:
                assert stages[name] == min(expected, life.last, key=STAGES.index), (name, stages)
            if life.is_written and stages[name] != life.last:
                assert failed, f"the period of {name} ended as {stages[name]} without an error"
        self.quiet_periods()
        counted = {name: QUIET_PERIODS + (stages[name] != SEED) for name in stages}
        again = {name for name in stages if stages[name] == SAVED}
        self.check(counted, {name for name in again if self._delivered(name, spoilt)})

    def quiet_periods(self) -> None:
        """Let nothing go wrong for some time."""
        for _ in range(QUIET_PERIODS):
            self.now += PERIOD
            assert self.period() is None

    def check(self, counted: Mapping[str, int], again: set[str]) -> None:
        """Check what must hold after so many periods that `counted`.

        The events in `again` had their messages delivered without a record of that.
        """
        states = self.states()
        for name, life in self._lives.items():
            assert bare(states[name]) == bare(life.settled(counted[name])), (name, counted)
            assert states[name].alert_claim is None, name
            once = [life.delivery] if life.delivery else []
            assert self.deliveries(name) == once * (1 + (name in again)), name
        if not self._lives[BYSTANDER].is_written:
            assert stored.form(self.process, BYSTANDER) == self._bystander

    def deliveries(self, name: str) -> list[str]:
        """Return the kinds of messages about an event that have really gone out."""
        return [each for period in events.journal() for each in self._delivered(name, period)]

    def _delivered(self, name: str, lines: list[str]) -> list[str]:
        words = [line.split() for line in lines]
        return [what for what, event in words if what in events.KINDS and event == name]

    def _next_period(self) -> None:
        with self._journal.open("a") as journal:
            journal.write(f"{events.PERIOD}\n")

    def _step_of(self, exchange: Exchange) -> str:
        if exchange.operation in READS:
            return LOAD
        event, lines = event_of(exchange), events.journal()[-1]
        names = [event] if event else self._lives
        return RECORD if any(self._delivered(name, lines) for name in names) else SAVE


def seeds(lives: Mapping[str, Life] = LIVES) -> dict[str, dict[str, Any]]:
    """Return the records of `lives`; the bystander's is of another version, old and new."""
    records = {name: to_record(life.seed) for name, life in lives.items()}
    bystander = records[BYSTANDER]
    for later in ("warmup_periods", "last_error", "resolve_due"):
        del bystander[later]
    bystander["from_later"] = {"list": [1, "two", None]}
    return records


@contextmanager
def trial_of(mode: str, aws: LocalAws, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Trial]:
    """A trial in `mode`, whose clock the engine goes by."""
    with process_of(mode, aws, folder, patch) as process:
        trial = Trial(process, folder)
        clock = Calendar(lambda: trial.now)
        patch.setattr(handler_module, "Pool", partial(Pool, clock=clock))
        try:
            yield trial
        finally:
            events.at.clear()
