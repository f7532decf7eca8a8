"""Whole runs of some functions, interleaved as a plan says, and quiet periods after them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from tests.diva.stories import BEGIN

from .plans import Answers, Kill, Plan
from .process import Home, Process, Scene
from .reference import Reference
from .stage import Stage

QUIET_PERIODS = 2
QUIET = timedelta(minutes=20)
"""Before each of them; no claim holds for so long."""


class Performance:
    """The runs of a plan, held against the reference at every step."""

    def __init__(self, plan: Plan, home: Home) -> None:
        self.scene = Scene(plan.events, home, Reference(plan.events), BEGIN)
        self._plan = plan
        self._running: dict[int, Process] = {}
        self._bursts = iter(plan.bursts)
        self._reached: Counter[Kill] = Counter()
        self._moves = 0
        self._who, self._steps_left = 0, 0

    def perform(self) -> None:
        """Run everything; raises what is not right."""
        self._rest("before", self._plan.beforehand)
        Stage([self._act] * len(self._plan.functions)).perform(self._choose)
        self._rest("after", [self._plan.afterwards] * QUIET_PERIODS)
        self.scene.reference.at_peace(self.scene.time)
        for name in self._plan.events:
            stored = self.scene.home.store(name, lambda where: None).read()
            self.scene.reference.check([name], stored)

    def _act(self, stage: Stage, actor: int) -> None:
        plan = self._plan
        process = Process(self.scene, stage, actor, plan.functions[actor], plan.ahead_sec[actor])
        for number, (answers, shard) in enumerate(
            zip(plan.periods[actor], plan.shards[actor], strict=False), start=1
        ):
            stage.step(actor, "begin")
            self._running[actor] = process
            process.period(f"run-{actor}-{number}", answers, shard)
            del self._running[actor]

    def _rest(self, when: str, periods: Sequence[Mapping[str, Answers]]) -> None:
        """Run each function once per period, one after the other."""

        def act(stage: Stage, actor: int) -> None:
            for number, answers in enumerate(periods, start=1):
                self.scene.time += QUIET
                for index, function in enumerate(dict.fromkeys(self._plan.functions)):
                    process = Process(self.scene, stage, actor, function, ahead_sec=0)
                    process.period(f"{when}-{index}-{number}", answers)

        Stage([act]).perform(lambda waiting: 0)

    def _choose(self, waiting: Mapping[int, str]) -> int:
        if not self._steps_left or self._who not in waiting:
            burst = next(self._bursts, None)
            self._who = list(waiting)[(burst.who if burst else self._moves) % len(waiting)]
            self._steps_left = burst.steps if burst else 1
            self._pass_time(burst.later_sec if burst else 0)
        self._steps_left -= 1
        self._moves += 1
        if self._who in self._running and self._is_killed_at(waiting[self._who]):
            self._running[self._who].kill()
        return self._who

    def _is_killed_at(self, where: str) -> bool:
        kills = [kill for kill in self._plan.kills if where.startswith(kill.where)]
        self._reached.update(kills)
        return any(self._reached[kill] == kill.number for kill in kills)

    def _pass_time(self, sec: int) -> None:
        """Let time pass, but no run take longer for what it does than it may."""
        limits = [process.limit() for process in self._running.values()]
        time = min([self.scene.time + timedelta(seconds=sec), *limits])
        self.scene.time = max(self.scene.time, time)
