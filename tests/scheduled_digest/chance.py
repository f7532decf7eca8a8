"""Faults at random."""

from __future__ import annotations

import random
from collections.abc import Callable

from cli.demo.digests.web import Request

from ..https_server import Clock
from .conftest import World
from .service import THREADS, Life
from .web import Fault, cut_off, hang_up, lose_answer, slow, status


def of_supabase(clock: Clock) -> list[Fault]:
    return [
        status(500),
        status(503, Retry_After="3"),
        status(429, Retry_After="1"),
        hang_up,
        lose_answer,
        cut_off,
        slow(clock, 14),
    ]


def of_the_backend(clock: Clock) -> list[Fault]:
    return [*of_supabase(clock), status(429), status(400), status(409), slow(clock, 29)]


class Chance:
    """Lets requests meet faults, and kills processes."""

    def __init__(self, world: World, chances: random.Random, share: float) -> None:
        self.faults = 0
        self.lost = 0
        """Faults by which the function does not know that it was answered."""
        self.kills = 0
        self._world = world
        self._chances = chances
        self._share = share

    def rule(self) -> None:
        """Spoil the requests from now on."""
        clock = self._world.clock
        self._world.supabase.choose = self._choosing(of_supabase(clock))
        self._world.site.choose = self._choosing(of_the_backend(clock))

    def end(self) -> None:
        """Let everything go well from now on."""
        self._world.supabase.choose = self._world.site.choose = lambda request: None

    def kill(self, within: int) -> None:
        """Kill the next process within some steps."""
        self.kills += 1
        self._world.service.life = Life(self._chances.randrange(within))

    def check_requests(self) -> None:
        """Check that no digest was asked for again without need."""
        asked = self._world.backend.asked
        repeated = asked.total() - len(asked)
        assert repeated <= self.lost + self.kills * THREADS

    def _choosing(self, faults: list[Fault]) -> Callable[[Request], Fault | None]:
        def choose(request: Request) -> Fault | None:
            if self._chances.random() >= self._share:
                return None
            fault = self._chances.choice(faults)
            self.faults += 1
            self.lost += fault in (lose_answer, cut_off)
            return fault

        return choose
