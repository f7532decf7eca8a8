"""Shards: parts of the events, each of which has a run of its own in each period."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Name = TypeVar("Name")
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

    def of(self, events: Mapping[Name, T]) -> Mapping[Name, T]:
        """Return those of `events` that are in this part."""
        if self.is_whole:
            return events
        return {name: event for name, event in events.items() if self.has(name)}

    def has(self, name: object) -> bool:
        """Whether an event is in this part. One whose name is no string is in the first."""
        code = zlib.crc32(name.encode(errors="replace")) if isinstance(name, str) else 0
        return code % self.count == self.index

    def with_causes(self, events: Mapping[Name, T]) -> Mapping[Name, T]:
        """Return those of `events` that are in this part, and all that they depend on."""
        if self.is_whole:
            return events
        found = dict(self.of(events))
        waiting = list(found.values())
        while waiting:
            for parent in _depends_on(waiting.pop()):
                if parent in events and parent not in found:
                    found[parent] = events[parent]
                    waiting.append(events[parent])
        return found

    def __str__(self) -> str:
        return f"shard index {self.index} of {self.count}"


WHOLE = Shard(0, 1)
"""All events."""


def _depends_on(options: object) -> list[Any]:
    """Return the names in `depends_on`, and nothing if it is malformed."""
    given = options.get("depends_on") if isinstance(options, Mapping) else None
    names = given if isinstance(given, (list, tuple)) else ()
    return [each for each in names if isinstance(each, str)]


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
