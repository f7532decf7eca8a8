"""What is noted of runs and of events while runs interleave."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.diva.model import Model

from .plans import Answers, Function


@dataclass(slots=True)
class Seen:
    """What a run's callbacks have answered about one event, True for a success."""

    detection: bool | None = None
    injection: bool | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that a run has to make."""

    kind: str
    failures: int
    bad_injections: int


@dataclass(eq=False)
class Run:
    """One run of one function, and how far it has got."""

    run_id: str
    function: Function
    answers: Mapping[str, Answers]
    clock: Callable[[], datetime]
    alive: bool = True
    times: list[datetime] = field(default_factory=list)
    """What it was told whenever it asked its clock."""
    under_way: Iterable[str] = ()
    """The events that it has read last."""
    folded_at: dict[str, datetime] = field(default_factory=dict)
    """When it last began to fold what it saw of an event."""
    found: dict[str, History] = field(default_factory=dict)
    """What it first read."""
    basis: dict[str, History] = field(default_factory=dict)
    """What it last read."""
    seen: dict[str, Seen] = field(default_factory=dict)
    saved: set[str] = field(default_factory=set)
    claimed: dict[str, Due] = field(default_factory=dict)
    expires: dict[str, datetime] = field(default_factory=dict)
    delivered: dict[str, bool] = field(default_factory=dict)
    """Whether what was claimed got through."""
    recorded: set[str] = field(default_factory=set)

    def now(self) -> datetime:
        self.times.append(self.clock())
        for name in set(self.under_way) - self.saved:
            self.folded_at[name] = self.times[-1]
        return self.times[-1]


@dataclass
class History:
    """One event: its state, and who delivers."""

    model: Model
    holder: Run | None = None
    """The run that has something to deliver and has not recorded yet what became of it."""
    alerts: int = 0
    """Delivered since the event was last reset."""
    unrecorded: int = 0
    """Those of them whose run ended before it could record them."""

    def copy(self) -> History:
        return replace(self, model=copy.copy(self.model))
