"""What has been done to one target lately, and whether more is allowed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .action import Refused
from .settings import Limits

HELD = 409
TOO_OFTEN = 429


@dataclass(frozen=True, slots=True)
class Usage:
    """What runs have done to one target lately. Times are seconds since the epoch."""

    version: str | None = None
    """Changes with everything else. None if nothing has been stored."""
    actions: Mapping[str, float] = field(default_factory=dict)
    """The times of the latest actions, by the run that did each."""
    holder: str | None = None
    """The run that is acting on the target."""
    held_until: float = 0.0
    """The holder has ended by then, even if it could not say so."""

    def without(self, run: str) -> Usage:
        """Return this as if `run` had done nothing."""
        actions = {name: at for name, at in self.actions.items() if name != run}
        if self.holder == run:
            return replace(self, actions=actions, holder=None, held_until=0.0)
        return replace(self, actions=actions)

    def released(self) -> Usage:
        """Return this without a holder."""
        return replace(self, holder=None, held_until=0.0)

    def held(self, run: str, now: float, until: float, limits: Limits) -> Usage:
        """Return this with `run` as the holder, whose action begins now."""
        kept = now - max(limits.cooldown_sec, limits.window_sec)
        actions = {name: at for name, at in self.actions.items() if at > kept}
        return Usage(self.version, {**actions, run: now}, run, until)

    def check(self, target: str, limits: Limits, now: float) -> None:
        """Raise Refused if a run must not act on the target now."""
        if self.holder is not None and now < self.held_until:
            raise Refused(
                HELD,
                f"Another run is acting on the target {target!r}.",
                math.ceil(self.held_until - now),
            )
        times = sorted(self.actions.values())
        if times and now < times[-1] + limits.cooldown_sec:
            raise Refused(
                TOO_OFTEN,
                f"The latest action on the target {target!r} was less than {limits.cooldown_sec} "
                "seconds ago, which is the cooldown.",
                math.ceil(times[-1] + limits.cooldown_sec - now),
            )
        within = [at for at in times if now < at + limits.window_sec]
        if len(within) >= limits.max_actions:
            raise Refused(
                TOO_OFTEN,
                f"The target {target!r} had {len(within)} actions in {limits.window_sec} seconds. "
                f"At most {limits.max_actions} are allowed.",
                math.ceil(within[-limits.max_actions] + limits.window_sec - now),
            )
