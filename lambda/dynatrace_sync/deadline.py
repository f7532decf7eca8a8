"""The time until which a run may read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from diva_common.runs import Clock

Page = TypeVar("Page")


class OutOfTime(Exception):
    """A source could not be read to its end in the time of a run."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A monotonic time of a clock."""

    clock: Clock
    until: float

    def pages(self, pages: Iterable[Page], source: str) -> Iterator[Page]:
        """Yield pages as long as there is time. Raises OutOfTime."""
        for page in pages:
            if self.clock.monotonic() >= self.until:
                raise OutOfTime(f"{source} could not be read in the time of the run.")
            yield page
