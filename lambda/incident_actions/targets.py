"""The targets that a function may act on, from its environment variables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from .settings import InvalidSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one target. Those that are null count as missing."""

    target: str
    values: Mapping[str, Any]

    def text(self, name: str) -> str:
        """Return a field that is a string, and required. Raises InvalidSettings."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value:
            raise self.invalid(name, "a string", value)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a field that is a list of strings, empty if missing. Raises InvalidSettings."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self.invalid(name, "a list of strings", value)
        return tuple(value)

    def number(self, name: str) -> int | None:
        """Return a field that is a whole number from 1, or None. Raises InvalidSettings."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self.invalid(name, "a whole number from 1", value)
        return value

    def switch(self, name: str) -> bool:
        """Return a field that is true or false, false if missing. Raises InvalidSettings."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise self.invalid(name, "true or false", value)
        return value

    def require(self, names: set[str]) -> None:
        """Raise InvalidSettings if there are fields other than `names`."""
        if unknown := sorted(self.values.keys() - names):
            raise InvalidSettings(
                f"The target {self.target!r} in TARGETS has unknown fields: {', '.join(unknown)}. "
                f"Known fields: {', '.join(sorted(names))}."
            )

    def invalid(self, name: str, expected: str, value: Any) -> InvalidSettings:
        """Return the error that a field is not as expected."""
        return InvalidSettings(
            f"{name} of the target {self.target!r} in TARGETS must be {expected}, but is {value!r}."
        )


def read_targets(
    environ: Mapping[str, str],
    read: Callable[[Fields], T],
    otherwise: Callable[[], Mapping[str, Mapping[str, Any]]],
) -> dict[str, T]:
    """Return the targets in TARGETS, a map from names to objects, by name.

    Without TARGETS, the targets are those that `otherwise` returns. Raises InvalidSettings.
    """
    found: Any
    if text := environ.get("TARGETS"):
        try:
            found = json.loads(text)
        except ValueError as error:
            raise InvalidSettings(f"TARGETS must be JSON, but is not: {error}") from error
    else:
        found = otherwise()
    if not isinstance(found, Mapping) or not all(isinstance(x, Mapping) for x in found.values()):
        raise InvalidSettings("TARGETS must be a JSON object with an object for each target.")
    return {
        name: read(Fields(name, {key: x for key, x in fields.items() if x is not None}))
        for name, fields in found.items()
    }
