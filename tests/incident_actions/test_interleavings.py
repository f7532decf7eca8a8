"""Backends whose calls overlap: nothing happens twice for an incident, or too often to a target.

Two or three backends send requests and repeat them, each to a process of its own with a clock of
its own. Their calls to AWS are done one at a time, in an order that is drawn; time passes between
them, processes are killed before and after calls, and requests and responses are lost. Lambda ends
the runs that take too long.
"""

from __future__ import annotations

import json
import logging
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, note, settings
from hypothesis import strategies as st

from incident_actions.attempt import CLAIM_MARGIN_SEC, Attempts
from tests.interleavings.stage import Killed, Stage

from .stage import CLUSTER, SECONDS, Account, Clock, Context, Function
from .wire import CHANGING, Lost, Wire

COOLDOWN_SEC = 100
APART_SEC = 5
"""How far clocks differ at most."""
CLAIM_SEC = SECONDS + CLAIM_MARGIN_SEC
FIRST_COUNT = 2


class Died(BaseException):
    """The process has been killed. What it tries has no effect."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request of a backend."""

    incident: int
    priority: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the `number`th call of a backend that is like `call`."""

    backend: int
    call: str
    number: int
    kind: str
    """`killed` or `lost`, `before` or `after` the call."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides how calls interleave."""

    requests: tuple[tuple[Sent, ...], ...]
    """By backend, in their order."""
    ahead_sec: tuple[int, ...]
    """How far the clock of each backend's process is ahead of the true time."""
    bursts: tuple[tuple[int, int, int], ...]
    """Who moves, by how many calls, and how much time passes before. Then they take turns."""
    faults: tuple[Fault, ...]
    cooldown_sec: int


_requests = st.lists(
    st.builds(Sent, st.integers(0, 2), st.sampled_from(["critical", "high"])),
    min_size=1,
    max_size=3,
).map(tuple)
_faults = st.builds(
    Fault,
    st.integers(0, 2),
    st.sampled_from(["change", "change", "dynamodb.TransactWriteItems", "dynamodb.GetItem"]),
    st.integers(1, 2),
    st.sampled_from(["killed before", "killed after", "lost before", "lost after"]),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    count = draw(st.sampled_from([2, 2, 3]))
    burst = st.tuples(
        st.integers(0, count - 1),
        # A run claims its target by its sixth call, more or less, and changes it by the next one.
        st.sampled_from([1, 3, 5, 5, 6, 6, 6, 9, 9, 9]),
        st.sampled_from([0, 0, 0, 0, 0, 0, 1, 29, 61, 110]),
    )
    return Plan(
        requests=draw(st.tuples(*[_requests] * count)),
        ahead_sec=draw(st.tuples(*[st.integers(0, APART_SEC)] * count)),
        bursts=tuple(draw(st.lists(burst, max_size=25))),
        faults=tuple(draw(st.lists(_faults, max_size=2))),
        cooldown_sec=draw(st.sampled_from([0, 0, COOLDOWN_SEC])),
    )


def overtaken(steps: int) -> Plan:
    """Return the plan in which one run does all it does after so many steps of another one."""
    requests = ((Sent(0, "high"),), (Sent(1, "critical"),))
    return Plan(requests, (0, 0), ((0, steps, 0), (1, 9, 0)), (), 0)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A clock that is ahead of another one."""

    clock: Clock
    seconds: float

    def time(self) -> float:
        return self.clock.time() + self.seconds

    def monotonic(self) -> float:
        return self.clock.time()

    def sleep(self, seconds: float, /) -> None:
        self.clock.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Change:
    """A change that AWS has made."""

    at: float
    incident: str
    size: int
    """What the target has been given by it."""


@dataclass
class Performance:
    """Performs a plan, and notes what happened."""

    plan: Plan
    account: Account
    clock: Clock
    kind: str
    new_process: Callable[[Ahead], Attempts]
    target: str = field(default_factory=lambda: uuid.uuid4().hex)
    changes: list[Change] = field(default_factory=list)
    answers: dict[str, set[str]] = field(default_factory=dict)
    """The bodies of the answers that say what has been done, by incident."""
    trace: list[str] = field(default_factory=list)
    here: threading.local = field(default_factory=threading.local)
    """The backend whose thread it is, its incident, when its run ends, and the calls so far."""

    def perform(self) -> None:
        bursts = iter(self.plan.bursts)
        burst = (0, 0)

        def choose(waiting: Mapping[int, str]) -> int:
            nonlocal burst
            who, steps = burst
            if who not in waiting or steps == 0:
                who, steps, later_sec = next(bursts, (-1, 3, 0))
                self.clock.sleep(later_sec)
                who = who if who in waiting else min(waiting)
            burst = (who, steps - 1)
            return who

        self.stage = Stage([self._backend] * len(self.plan.requests))
        self.stage.perform(choose)

    def afterwards(self) -> None:
        """Repeat the request for each incident once, after all claims and cooldowns."""
        process = self.new_process(Ahead(self.clock, 0))
        incidents = {sent.incident: sent for sent in sum(self.plan.requests, ())}
        for sent in incidents.values():
            self.clock.sleep(CLAIM_SEC + COOLDOWN_SEC + APART_SEC)
            self.here.backend = None
            assert self._send(process, sent) == 200
            assert self._send(process, sent) == 200

    def size(self) -> int:
        """Return how many tasks the service is given, or at least is given."""
        if self.kind == "scalable":
            return self.account.capacity(self.target)[0]
        return int(self.account.described(self.target)["desiredCount"])

    def before(self, call: str, parameters: dict[str, Any]) -> None:
        """Wait for the turn of this thread, before a call of its process."""
        backend = getattr(self.here, "backend", None)
        if backend is None:
            return
        self._check_alive()
        try:
            self.stage.step(backend, call)
        except Killed:
            self.here.dead = True
        self._check_alive()
        self.trace.append(f"{self.clock.time():.0f} {backend} {self.here.incident}: {call}")
        self.here.fault = self._fault(backend, call)
        self._break("before")

    def after(self, call: str, parameters: dict[str, Any]) -> None:
        """Note what AWS has done, and break what has to break."""
        if call in CHANGING:
            size = self.size()
            self.changes.append(Change(self.clock.time(), self.here.incident, size))
            self.trace.append(f"the size is {size}")
        if getattr(self.here, "backend", None) is not None:
            self._break("after")

    def _backend(self, stage: Stage, number: int) -> None:
        ahead = Ahead(self.clock, self.plan.ahead_sec[number])
        self.here.backend, self.here.calls = number, {}
        process = self.new_process(ahead)
        for sent in self.plan.requests[number]:
            try:
                self._send(process, sent)
            except Died:
                self.trace.append(f"{number} dies")
                process = self.new_process(ahead)

    def _send(self, process: Attempts, sent: Sent) -> int:
        incident = f"{self.target}-{sent.incident}"
        self.here.incident, self.here.dead = incident, False
        self.here.ends_at = self.clock.time() + SECONDS
        event = {"target": self.target, "incidentId": incident, "priority": sent.priority}
        answer = process.handle(event, Context())
        status, body = answer["statusCode"], answer["body"]
        self.trace.append(f"{incident}: {status} {json.loads(body).get('error', '')}")
        assert status in (200, 409, 429, 500)
        if status == 200:
            self.answers.setdefault(incident, set()).add(body)
        return int(status)

    def _check_alive(self) -> None:
        if self.here.dead or self.clock.time() > self.here.ends_at:
            self.here.dead = True
            raise Died

    def _fault(self, backend: int, call: str) -> str:
        like = "change" if call in CHANGING else call
        number = self.here.calls[like] = self.here.calls.get(like, 0) + 1
        for fault in self.plan.faults:
            if (fault.backend, fault.call, fault.number) == (backend, like, number):
                return fault.kind
        return ""

    def _break(self, when: str) -> None:
        if self.here.fault == f"killed {when}":
            self.here.dead = True
            raise Died
        if self.here.fault == f"lost {when}":
            raise Lost(f"lost {when}")


@pytest.fixture(autouse=True)
def no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """What thousands of runs say would bury what went wrong in one."""
    for name in ("attempt", "audit"):
        monkeypatch.setattr(logging.getLogger(f"incident_actions.{name}"), "disabled", True)


@pytest.mark.parametrize("kind", ["restart", "scale", "scalable"])
def test_overlapping_calls_change_a_target_once_for_each_incident(
    account: Account,
    restart: Function,
    scale: Function,
    wire: Wire,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    counted: Callable[[str, int], None],
    kind: str,
) -> None:
    function = restart if kind == "restart" else scale

    def perform(performance: Performance) -> None:
        service = performance.target
        account.service(service, FIRST_COUNT)
        if kind == "scalable":
            account.scalable(FIRST_COUNT, 20, service)
        wire.before, wire.after = performance.before, performance.after
        try:
            performance.perform()
            performance.afterwards()
        finally:
            wire.mend()
            wire.calls.clear()

    @settings(
        max_examples=50,
        deadline=None,
        database=None,
        phases=[
            Phase.explicit,
            Phase.generate,
        ],  # the trace tells more than a shorter one that takes minutes
        suppress_health_check=list(HealthCheck),
    )
    @example(plan=overtaken(5))
    @example(plan=overtaken(6))
    @given(plan=plans())
    def holds(plan: Plan) -> None:
        performance = Performance(plan, account, clock, kind, lambda ahead: new_process(ahead))

        def new_process(ahead: Ahead) -> Attempts:
            monkeypatch.setattr(function.module, "clock", ahead)
            attempts: Attempts = function.module.runtime.__wrapped__()
            return attempts

        target: dict[str, Any] = {"cluster": CLUSTER, "service": performance.target}
        if kind != "restart":
            target |= {"step": 1, "max_count": 6}
        cooldown = str(plan.cooldown_sec)
        function.configure({performance.target: target}, COOLDOWN_SEC=cooldown, MAX_ACTIONS="99")
        try:
            perform(performance)
            check(performance)
        finally:
            note("\n".join(performance.trace))
            counted("interleavings", 1)

    holds()


def check(performance: Performance) -> None:
    """Hold what AWS has done, and what was answered, against what may be."""
    changed = [change.incident for change in performance.changes]
    assert len(changed) == len(set(changed)), "an incident has changed its target twice"
    sizes = [FIRST_COUNT, *(change.size for change in performance.changes)]
    assert sizes == sorted(sizes), "the target was made smaller"
    for one, other in combinations(performance.changes, 2):
        # A run may claim its target at once, and change it as late as at its end.
        assert other.at - one.at >= performance.plan.cooldown_sec - APART_SEC - SECONDS
    for bodies in performance.answers.values():
        # An answer that could not be stored is made again, of what the target is like by then.
        is_stored = not any("lost" in fault.kind for fault in performance.plan.faults)
        texts = bodies if is_stored else {_without_after(body) for body in bodies}
        assert len(texts) == 1


def _without_after(body: str) -> str:
    values = json.loads(body)
    return json.dumps({**values, "after": None})
