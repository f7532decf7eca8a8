"""Actors on threads of their own, of which one moves at a time, and always the one chosen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from tests.processes import PATIENCE_SEC


class Killed(Exception):
    """The process in which this is raised has been killed: what it tries has no effect."""


class Deadlock(Exception):
    """An actor has reached neither its next step nor its end."""


class Stage:
    """Where actors wait at each step for their turn; one stage is for one performance.

    An actor moves from a step to its next, on whichever thread, with all others at rest: what
    it touches needs no lock, and the same choices give the same performance.
    """

    def __init__(self, actors: Sequence[Callable[[Stage, int], None]]) -> None:
        """`actors` are called with this stage and with the number by which it knows them."""
        self._threads = [
            threading.Thread(target=self._act, args=(number, actor), daemon=True)
            for number, actor in enumerate(actors)
        ]
        self._waiting: dict[int, str] = {}
        self._turns: list[SimpleQueue[bool]] = [SimpleQueue() for _ in actors]
        self._arrivals: SimpleQueue[int] = SimpleQueue()
        self._closed = False
        self._trouble: Exception | None = None

    def perform(self, choose: Callable[[Mapping[int, str]], int]) -> None:
        """Run the actors to their end; raise what went wrong in the first that had trouble.

        `choose` is asked which of the actors that wait goes on, given the step each is at.
        """
        try:
            for thread in self._threads:
                thread.start()
                self._await_rest()
            while self._waiting:
                chosen = choose(dict(sorted(self._waiting.items())))
                del self._waiting[chosen]
                self._turns[chosen].put(True)
                self._await_rest()
        finally:
            self._close()

    def step(self, actor: int, where: str) -> None:
        """Wait for the actor's next turn. Raises Killed where there will be none."""
        if self._closed:
            raise Killed
        self._waiting[actor] = where
        self._arrivals.put(actor)
        if not self._turns[actor].get():
            raise Killed

    @contextmanager
    def judging(self) -> Iterator[None]:
        """End the performance with what is raised inside, where the engine would deal with it.

        To the actor, that looks like being killed.
        """
        try:
            yield
        except Exception as error:
            self._trouble = self._trouble or error
            self._closed = True
            raise Killed from error

    def _act(self, number: int, actor: Callable[[Stage, int], None]) -> None:
        try:
            with self.judging():
                actor(self, number)
        except Killed:
            pass
        self._arrivals.put(number)

    def _await_rest(self) -> None:
        try:
            # No actor takes nearly as long from one step to the next, unless it waits for another.
            self._arrivals.get(timeout=PATIENCE_SEC)
        except Empty:
            raise Deadlock(f"these wait: {self._waiting}") from None
        if self._trouble:
            raise self._trouble

    def _close(self) -> None:
        self._closed = True
        for turns in self._turns:
            turns.put(False)
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(PATIENCE_SEC)
