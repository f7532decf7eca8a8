"""What is drawn at random: events, what their callbacks answer, who runs, and who moves when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

from diva.shard import WHOLE, Shard
from tests.diva.model import Model

EVENTS = ("orders", "search")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of an event, as far as they are drawn."""

    role: str
    detections: int
    injections: int
    each_period: bool
    cooldown: int | None
    warmup: int | None
    warmup_limit: int | None
    reminder_sec: int
    resolves: bool
    verifies: bool

    def model(self) -> Model:
        return Model(
            self.role,
            self.detections,
            self.injections,
            self.each_period,
            self.cooldown,
            self.warmup,
            self.warmup_limit if self.warmup else None,
            self.reminder_sec,
            self.resolves,
        )

    def given(self) -> dict[str, object]:
        """Return them as event logic would, save for role and callbacks."""
        reset: dict[str, object] = {"mode": "fast"}
        if self.cooldown:
            reset = {"mode": "cooldown", "success_threshold": self.cooldown}
        return {
            "max_failed_detections": self.detections,
            "max_failed_injections": self.injections,
            "inject_each_period": self.each_period,
            "reset": reset,
            "warmup": {
                "enabled": self.warmup is not None,
                "success_threshold": self.warmup or 1,
                "max_periods": self.warmup_limit if self.warmup else None,
            },
            "reminder_sec": self.reminder_sec,
            "verify": {"attempts": int(self.verifies), "delay_sec": 0},
        }


@dataclass(frozen=True, slots=True)
class Answers:
    """What the callbacks of an event answer in one period; None: they raise."""

    detect: bool | None = True
    inject: bool | None = True
    verify: bool | None = True
    deliver: bool | None = True


@dataclass(frozen=True, slots=True)
class Function:
    """One of the functions that share the state, and the part of each event that it does."""

    worker_role: str | None = None
    role: str | None = None
    """The role that its own event logic gives each event, in place of the drawn one."""

    def role_of(self, options: Options) -> str:
        """Return the role that says what this function does of an event."""
        if self.worker_role == "detect":
            return "detect"
        return self.role or options.role


@dataclass(frozen=True, slots=True)
class Burst:
    """Steps that one actor does in a row, and the time that passes before them."""

    who: int
    steps: int
    later_sec: int


@dataclass(frozen=True, slots=True)
class Kill:
    """The end of the process that is the `number`th to come to a step that begins like this."""

    where: str
    number: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides how the runs of some actors interleave.

    An actor is one process of a function: its runs come one after the other.
    """

    functions: tuple[Function, ...]
    """By actor."""
    ahead_sec: tuple[int, ...]
    """How far each actor's clock is ahead of the true time."""
    events: Mapping[str, Options]
    periods: tuple[tuple[Mapping[str, Answers], ...], ...]
    """By actor, for each of its runs."""
    bursts: tuple[Burst, ...]
    """Afterwards the actors take turns."""
    kills: frozenset[Kill]
    beforehand: tuple[Mapping[str, Answers], ...]
    """In the quiet periods that come first."""
    afterwards: Mapping[str, Answers]
    """In each of the quiet periods that follow."""
    shards: tuple[tuple[Shard, ...], ...]
    """By actor, the part of the events that each of its runs is for."""


def options(roles: tuple[str, ...]) -> st.SearchStrategy[Options]:
    return st.builds(
        Options,
        role=st.sampled_from(roles),
        detections=st.sampled_from([1, 1, 2, 3]),
        injections=st.sampled_from([1, 1, 2, 3]),
        each_period=st.booleans(),
        cooldown=st.none() | st.integers(1, 2),
        warmup=st.none() | st.none() | st.none() | st.integers(1, 2),
        warmup_limit=st.none() | st.integers(1, 2),
        reminder_sec=st.sampled_from([0, 300, 300]),
        resolves=st.booleans(),
        verifies=st.booleans(),
    )


_answer = st.sampled_from([True, False, False, None])
_answers = st.builds(Answers, _answer, _answer, _answer, st.sampled_from([True, True, True, None]))
_quiet_answers = st.builds(Answers, st.booleans(), st.booleans(), st.booleans())
_bursts = st.builds(
    Burst, st.integers(0, 2), st.integers(1, 9), st.sampled_from([0, 0, 0, 1, 300, 900])
)

_steps = ("read", "detect", "inject", "write", "alert", "alert", "alert", "reminder", "resolution")
_kills = st.builds(
    Kill,
    st.sampled_from([*_steps, *(f"end of {step}" for step in _steps)]),
    st.sampled_from([1, 1, 2, 4]),
)

SAME = ((Function(),) * 2, (Function(),) * 2, (Function(),) * 3)
_detect, _inject = Function(worker_role="detect"), Function(worker_role="inject")
_detects, _injects = Function(role="detect"), Function(role="inject")
WORKERS = (
    (_detect, _inject),
    (_detects, _injects),
    (_detect, _inject, _inject),
    (_detect, _detect, _inject),
    (_detects, _injects, _injects),
)


_shards = st.integers(1, 3).flatmap(
    lambda count: st.builds(Shard, st.integers(0, count - 1), st.just(count))
)


@st.composite
def plans(draw: st.DrawFn, casts: tuple[tuple[Function, ...], ...], sharded: bool = False) -> Plan:
    """Draw a plan for the functions of one of `casts`.

    If it is `sharded`, each run is for one of one to three shards, as when their number changes.
    """
    functions = draw(st.sampled_from(casts))
    roles = ("both", "detect", "inject") if casts is SAME else ("both",)
    names = EVENTS[: draw(st.sampled_from([1, 1, 2]))]
    longest = 3 if len(functions) == 2 else 2

    def by_event(each: st.SearchStrategy[Answers]) -> st.SearchStrategy[dict[str, Answers]]:
        return st.fixed_dictionaries(dict.fromkeys(names, each))

    periods = st.lists(by_event(_answers), min_size=1, max_size=longest).map(tuple)
    each_actor = range(len(functions))
    shard = _shards if sharded else st.just(WHOLE)
    return Plan(
        functions=functions,
        ahead_sec=draw(st.tuples(*[st.sampled_from([0, 1, -1]) for _ in each_actor])),
        events=draw(st.fixed_dictionaries(dict.fromkeys(names, options(roles)))),
        periods=draw(st.tuples(*[periods for _ in each_actor])),
        bursts=tuple(draw(st.lists(_bursts, min_size=5, max_size=30))),
        kills=draw(st.frozensets(_kills, max_size=2)),
        beforehand=tuple(draw(st.lists(by_event(_answers), max_size=1))),
        afterwards=draw(by_event(_quiet_answers)),
        shards=draw(st.tuples(*[st.tuples(*[shard] * longest) for _ in each_actor])),
    )
