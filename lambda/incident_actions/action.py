"""What an attempt needs of an action on one target, and what an action responds with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .payload import Request

State = Mapping[str, Any]
"""What is known of a target at some time, without secrets, as JSON can hold it."""


class Refused(Exception):
    """The action is not allowed now. Nothing was changed."""

    def __init__(self, status: int, reason: str, retry_after_sec: int | None = None) -> None:
        """Take the status code, the reason, and the seconds until a repeat may succeed."""
        super().__init__(reason)
        self.status = status
        self.retry_after_sec = retry_after_sec


class NotDone(Exception):
    """The action failed, and has not changed its target. A repeat may try again."""


class DoneInVain(Exception):
    """The action has changed its target, and that failed. It must not be repeated."""


class OutcomeUnknown(Exception):
    """Whether the action has changed its target cannot be told. It must not be repeated."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an action would do to its target."""

    summary: str
    """In words, such as `raise the desired count from 2 to 5`."""
    values: State
    """What is set."""
    undo: str
    """The command that undoes it, or why there is none."""


@dataclass(frozen=True, slots=True)
class NothingToDo:
    """A target that the action would not change."""

    body: Mapping[str, Any]
    """Keys of the answer's body: `message`, and what the action adds."""


@dataclass(frozen=True, slots=True)
class Done:
    """A target that the action has changed."""

    body: Mapping[str, Any]
    """Keys of the answer's body: `message`, and what the action adds."""
    after: State = field(default_factory=dict)


class Progress(Protocol):
    """Steps of one change that have been done, also by an earlier run that has ended."""

    @property
    def done(self) -> Mapping[str, Any]:
        """The values of these steps, by name."""
        ...

    def add(self, step: str, value: Any) -> None:
        """Store that a step is done, so that no other run repeats it."""
        ...


class Action(Protocol):
    """An action on one target."""

    def describe(self) -> State:
        """Return what the target is like now. Changes nothing."""
        ...

    def plan(self, before: State, request: Request) -> Change | NothingToDo:
        """Return what the action would do to a target that is like `before`. Raises Refused."""
        ...

    def act(self, before: State, change: Change, progress: Progress, until: float) -> Done:
        """Do what `plan` has returned, and return before the monotonic time `until`.

        Raises NotDone and DoneInVain. After any other error, the change may have happened.
        """
        ...

    def happened(self, before: State, change: Change, now: State) -> Done | None:
        """Return what a run has done that ended without a word, or None if it did nothing.

        `before` and `now` are what the target was like before that run, and is like now.
        Raises DoneInVain and OutcomeUnknown.
        """
        ...
