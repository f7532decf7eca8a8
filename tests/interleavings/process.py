"""A real engine that runs whole periods, each step of which is one on a stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from diva.deadlines import DELIVERY_SEC, LEFT_TO_FAIL_SEC, RESERVE_SEC
from diva.engine import Engine
from diva.notification import NotificationContext
from diva.period import Invocation
from diva.policy import Policies, read_policies
from diva.pool import Pool
from diva.redact import Redactor
from diva.shard import WHOLE, Shard
from diva.stores import Changes, Conflict, Snapshot, Store, StoreError
from tests.diva.clocks import Calendar

from .notes import Run
from .plans import Answers, Function, Options
from .reference import REMAINING_SEC, Reference
from .stage import Killed, Stage

CLOCKS_APART_SEC = 2.0
END_SEC = REMAINING_SEC - LEFT_TO_FAIL_SEC - CLOCKS_APART_SEC
"""No run is still at work then by any clock."""
DELIVER_UNTIL_SEC = REMAINING_SEC - RESERVE_SEC - CLOCKS_APART_SEC
OBSERVE_UNTIL_SEC = DELIVER_UNTIL_SEC - DELIVERY_SEC

Between = Callable[[str], None]


class Home(Protocol):
    """Where the state of a few events is kept, empty at first."""

    shared: bool
    """Whether it is one document for all of them."""

    def store(self, event: str, between: Between) -> Store:
        """Return a new store; it calls `between` before it asks AWS again within one write."""
        ...


@dataclass
class Scene:
    """What all the processes of a performance share."""

    events: Mapping[str, Options]
    home: Home
    reference: Reference
    time: datetime
    trace: list[str] = field(default_factory=list)
    """The steps, in their order."""


class Process:
    """A process of a function. Its engine lives on from run to run, until it is killed.

    Its clock is ahead of the true time by `ahead_sec`.
    """

    def __init__(
        self, scene: Scene, stage: Stage, actor: int, function: Function, ahead_sec: int
    ) -> None:
        self.stage = stage
        self.reference = scene.reference
        self._scene = scene
        self._actor = actor
        self._function = function
        self._ahead = timedelta(seconds=ahead_sec)
        self._start()

    def period(self, run_id: str, answers: Mapping[str, Answers], shard: Shard = WHOLE) -> None:
        """Run a period to its end, or until it is killed."""
        own = shard.of(answers)
        self.run = Run(run_id, self._function, own, lambda: self._scene.time + self._ahead)
        self.limit_sec = OBSERVE_UNTIL_SEC
        policies, engine = self._policies(), self._engine
        invocation = Invocation(run_id, "function", REMAINING_SEC, shard)
        try:
            if self._scene.home.shared:
                store = self._store("", list(self._scene.events))
                engine.run_shared(policies, store, invocation)
            else:
                engine.run_separate(policies, lambda name: self._store(name, [name]), invocation)
        except (Killed, StoreError):
            pass  # the reference knows which of them there may be
        if self.run.alive:
            with self.stage.judging():
                self.reference.ended(self.run)
        else:
            self._start()

    def kill(self) -> None:
        """Let nothing that the run tries from here on have any effect."""
        self._scene.trace.append(f"{self.run.run_id} is killed")
        self.run.alive = False
        self.reference.died(self.run)

    def limit(self) -> datetime:
        """Return until when the run may stay at the step at which it is."""
        return self.run.times[0] - self._ahead + timedelta(seconds=self.limit_sec)

    def step(self, where: str) -> None:
        """Wait for the next turn. Raises Killed if there is none."""
        if self.run.alive:
            try:
                self.stage.step(self._actor, where)
            except Killed:
                self.run.alive = False
        if not self.run.alive:
            raise Killed
        self._scene.trace.append(f"{self._scene.time:%H:%M:%S} {self.run.run_id}: {where}")

    def _start(self) -> None:
        self._engine = Engine(Pool(1, Calendar(lambda: self.run.now())), Redactor({}))

    def _store(self, event: str, names: Sequence[str]) -> Store:
        store = self._scene.home.store(event, self.step)
        return _JudgedStore(store, names, self)

    def _policies(self) -> Policies:
        events = {}
        for name, options in self._scene.events.items():
            role = self._function.role or options.role
            events[name] = {"role": role, "alert": self._tell, **options.given()}
            if role != "inject":
                events[name]["detect"] = self._detect
            if role != "detect":
                events[name]["inject"] = self._inject
            if options.resolves:
                events[name]["resolve"] = self._tell
        policies = read_policies(events, worker_role=self._function.worker_role)
        assert not policies.problems
        return policies

    def _detect(self, name: str) -> object:
        seen = self.run.seen[name]
        answers = self.run.answers[name]
        if seen.detection is None:
            answer = self._call(f"detect {name}", answers.detect)
            seen.detection = bool(answer)
        else:
            answer = self._call(f"verify {name}", answers.verify)
            seen.verified = bool(answer)
        return self._answer(f"end of detect {name}", answer)

    def _inject(self, name: str) -> object:
        answer = self._call(f"inject {name}", self.run.answers[name].inject)
        self.run.seen[name].injection = bool(answer)
        return self._answer(f"end of inject {name}", answer)

    def _tell(self, message: str, facts: NotificationContext) -> object:
        name = facts.event
        answer = self._call(f"{facts.kind} {name}", self.run.answers[name].deliver)
        with self.stage.judging():
            self.reference.delivering(self.run, name, facts, answer is not None)
        return self._answer(f"end of {facts.kind} {name}", answer)

    def _call(self, where: str, answer: bool | None) -> bool | None:
        self.step(where)
        return answer

    def _answer(self, where: str, answer: bool | None) -> object:
        self.step(where)
        if answer is None:
            raise RuntimeError("as it was told to")
        return answer


class _JudgedStore:
    """A store of `names` whose reads and writes are steps, and are held against the reference."""

    def __init__(self, store: Store, names: Sequence[str], process: Process) -> None:
        self._store = store
        self._names = names
        self._process = process

    def read(self) -> Snapshot:
        process = self._process
        self._limit()
        process.step("read")
        snapshot = self._store.read()
        with process.stage.judging():
            process.reference.read(process.run, self._names, snapshot)
        process.step("end of read")
        return snapshot

    def write(self, snapshot: Snapshot, changes: Changes) -> Snapshot:
        process, run = self._process, self._process.run
        self._limit()
        process.step(f"write {', '.join(sorted(changes))}")
        try:
            written = self._store.write(snapshot, changes)
        except Conflict:
            process.step("end of write, in conflict")
            raise
        with process.stage.judging():
            process.reference.wrote(run, self._names, changes, written)
        process.step("end of write")
        return written

    def _limit(self) -> None:
        """Note until when the run may stay at the step that follows."""
        process, run = self._process, self._process.run
        process.limit_sec = OBSERVE_UNTIL_SEC
        if run.seen.keys() == run.answers.keys():  # otherwise others' periods have yet to begin
            saves = run.saved.isdisjoint(self._names)
            process.limit_sec = DELIVER_UNTIL_SEC if saves else END_SEC
