"""A ledger for actions that matter more than that they are done only once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .answers import Answer
from .ledger import Claim, Conflict, Held, Key, Ledger
from .settings import Limits
from .usage import Usage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenLedger(Ledger):
    """A ledger that lets actions happen while its table is out of reach."""

    out_of_reach: set[Key] = field(default_factory=set)
    """What the table was asked for in vain. It is not asked again by the same run."""

    def read(self, key: Key) -> Claim | Answer | None:
        self.out_of_reach.discard(key)
        try:
            return Ledger.read(self, key)
        except Exception:
            log.exception("The table cannot be read. What was done before is unknown.")
            self.out_of_reach.add(key)
            return None

    def claim(
        self,
        key: Key,
        found: Claim | None,
        claim: Claim,
        usage: Usage | None,
        limits: Limits | None,
        now: float,
    ) -> Held:
        if key not in self.out_of_reach:
            try:
                return Ledger.claim(self, key, found, claim, usage, limits, now)
            except Conflict:
                raise
            except Exception:
                log.exception("The table cannot be written to. A repeat may act again.")
        return _Unheld(self, key, claim, None, None)


class _Unheld(Held):
    """A claim that is not in the table."""

    @property
    def done(self) -> Mapping[str, Any]:
        return self._claim.progress

    def add(self, step: str, value: Any) -> None:
        pass

    def finish(self, answer: Answer, now: float) -> None:
        pass

    def release(self, now: float) -> None:
        pass
