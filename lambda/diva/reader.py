"""Reads the events of each period, and skips the validation of what has not changed."""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType, MethodType
from typing import Any

from .policy import Policies, read_policies
from .windows import Window

_KIT = f"{__package__}.kit."
_DEEPEST = 5  # events, an event, its windows, a window, its days


class PolicyReader:
    """Reads what `get_events()` returns in each period of a process, as `read_policies` does.

    The arguments are those of `read_policies`.
    """

    def __init__(
        self,
        default_timeout_sec: float | None,
        worker_role: str | None,
        maintenance: tuple[Window, ...],
    ) -> None:
        self._default_timeout_sec = default_timeout_sec
        self._worker_role = worker_role
        self._maintenance = maintenance
        self._image: object = None
        self._policies: Policies

    def read(self, events: Mapping[Any, object]) -> Policies:
        """Return the policies of `events`."""
        image = _image(events, _DEEPEST)
        if image != self._image:
            self._policies = read_policies(
                events, self._default_timeout_sec, self._worker_role, self._maintenance
            )
            self._image = image
        return self._policies


def _image(value: object, depth: int) -> object:
    """Return a snapshot of `value`. Equal snapshots mean that the values read alike.

    Containers are copied, because `get_events` may change them in place.
    """
    kind = type(value)
    if kind in (FunctionType, MethodType, str) or value is None:
        return value
    if kind in (bool, int, float):
        return kind, value  # 1 and True are equal, but do not read alike
    if depth and isinstance(value, Mapping):
        return [(name, _image(each, depth - 1)) for name, each in value.items()]
    if depth and isinstance(value, (list, tuple)):
        return kind, [_image(each, depth - 1) for each in value]
    if kind.__module__.startswith(_KIT):
        return value  # its callbacks are frozen, and equal if they are made alike
    return object()  # equal to nothing, because nothing is known about it
