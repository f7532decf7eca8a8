"""Shards: parts of the events, each of which has a run of its own in each period."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class InvalidShard(Exception):
    """The invocation asks for a shard that there cannot be. The message says what was found."""


@dataclass(frozen=True, slots=True)
class Shard:
    """The part `index` of `count`, counted from 0.

    Which part an event is in depends on its name and `count` alone.
    """

    index: int
    count: int

    @property
    def is_whole(self) -> bool:
        """Whether there is no other part."""
        return self.count == 1

    @property
    def is_first(self) -> bool:
        """Whether this is the part that reports what is wrong with invalid events."""
        return self.index == 0

    def of(self, events: Mapping[str, T]) -> Mapping[str, T]:
        """Return those of `events` that are in this part."""
        if self.is_whole:
            return events
        return {
            name: event
            for name, event in events.items()
            if zlib.crc32(name.encode()) % self.count == self.index
        }

    def __str__(self) -> str:
        return f"shard index {self.index} of {self.count}"


WHOLE = Shard(0, 1)
"""All events."""


def read_shard(event: object, mode: str) -> Shard:
    """Return the shard in the event of an invocation, and all events if it names none.

    Raises InvalidShard.
    """
    if not isinstance(event, Mapping) or "shard" not in event:
        return WHOLE
    given = event["shard"]
    if mode != "distributed":
        raise InvalidShard(
            f"the invocation names a shard, {given!r}, but DIVA_MODE is {mode!r}; it must be "
            "'distributed', because only then events do not share their state"
        )
    if not isinstance(given, Mapping) or given.keys() != {"index", "count"}:
        raise InvalidShard(f"shard is {given!r}; it must be {_RIGHT}")
    index, count = given["index"], given["count"]
    if type(index) is not int or type(count) is not int or not 0 <= index < count:
        raise InvalidShard(f"shard is {given!r}; it must be {_RIGHT}")
    return Shard(index, count)


_RIGHT = (
    'an object such as {"index": 0, "count": 4} of whole numbers, with an index from 0 to count - 1'
)
