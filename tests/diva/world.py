"""A system to monitor and the engine that monitors it, for tests that run whole periods."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cli.diva.file_store import FileStore
from diva import report
from diva.engine import Engine
from diva.period import Invocation, Period
from diva.policy import read_policies
from diva.pool import Pool
from diva.redact import Redactor
from diva.stores import Store
from diva.windows import read_windows

from .clocks import ManualClock

Answer = object
"""What a callback does: return this, raise it if it is an exception, call it if a function."""

REMAINING_SEC = 30.0
FUNCTION = "diva-orders"


@dataclass
class World:
    """Events whose callbacks answer what `answers` says, and a log of every call of them.

    State is in files below `folder`: one for all events, or one each where `separate`. Time
    stands still during a period, unless a callback moves `clock` on.
    """

    folder: Path
    separate: bool = False
    workers: int = 8
    ordered: bool = False
    remaining_sec: float = REMAINING_SEC
    environ: Mapping[str, str] = field(default_factory=dict)
    events: dict[str, dict[str, object]] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    clock: ManualClock = field(default_factory=ManualClock)
    maintenance: list[dict[str, object]] = field(default_factory=list)
    worker_role: str | None = None
    problems: tuple[str, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    make_store: Callable[[Path], Store] = FileStore

    def __post_init__(self) -> None:
        self.engine = self.new_process()

    def new_process(self) -> Engine:
        """Return an engine as a fresh process has it, and use it from now on."""
        self.engine = Engine(Pool(self.workers, self.clock), Redactor(self.environ), self.ordered)
        return self.engine

    def add(self, name: str, role: str = "both", **options: object) -> None:
        """Add an event; its callbacks answer True until `answers` says something else."""
        event: dict[str, object] = {"role": role, "alert": self.told("alert", name)}
        if role != "inject":
            event["detect"] = self.called("detect", name)
        if role != "detect":
            event["inject"] = self.called("inject", name)
        self.events[name] = {**event, **options}

    def called(self, what: str, name: str) -> Callable[[str], object]:
        def callback(event: str) -> object:
            assert event == name
            return self._answer(f"{what} {name}")

        return callback

    def told(self, what: str, name: str) -> Callable[[str], object]:
        def callback(message: str) -> object:
            answer = self._answer(f"{what} {name}")
            self.messages.append(message)
            return answer

        return callback

    def period(self, run_id: str = "run") -> dict[str, str]:
        """Run one period, five minutes after the last, and return each event's status."""
        result = self.result(run_id)
        statuses = result["results"]
        assert isinstance(statuses, dict)
        return statuses

    def result(self, run_id: str = "run") -> dict[str, object]:
        """Run one period and return what the handler would."""
        self.clock.time += timedelta(minutes=5)
        windows = read_windows(self.maintenance, "maintenance", [])
        policies = read_policies(self.events, worker_role=self.worker_role, maintenance=windows)
        self.problems = policies.problems
        invocation = Invocation(run_id, FUNCTION, self.remaining_sec)
        period: Period
        if self.separate:
            period = self.engine.run_separate(policies, self.store_of, invocation)
        else:
            period = self.engine.run_shared(policies, self.store_of("all"), invocation)
        self.errors = period.errors
        return report.result("monolithic", policies, period)

    def store_of(self, name: str) -> Store:
        return self.make_store(self.folder / f"{name}.json")

    def state(self, name: str) -> dict[str, object]:
        """Return what is stored of an event."""
        file = self.folder / f"{name if self.separate else 'all'}.json"
        record = json.loads(file.read_text())[name]
        assert isinstance(record, dict)
        return record

    def _answer(self, call: str) -> object:
        self.calls.append(call)
        answer = self.answers.get(call, True)
        if isinstance(answer, BaseException):
            raise answer
        return answer() if callable(answer) else answer
