"""Reads and validates a dict of options, and collects every problem in it."""

from __future__ import annotations

import inspect
import math
import reprlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeGuard, TypeVar

_T = TypeVar("_T")


class Options:
    """The options that a user has set. Every problem in them is added to `problems`.

    The constructor reports unknown names. Each method reads one option, and returns the default
    if the option is missing or invalid, so that reading continues.
    """

    def __init__(
        self,
        given: Mapping[object, object],
        known: Sequence[str],
        problems: list[str],
        prefix: str = "",
    ) -> None:
        self._given = given
        self._problems = problems
        self._prefix = prefix
        problems += (
            f"{self._path(name)!r} is not an option{nearest(name, known)}"
            for name in given
            if name not in known
        )

    def choice(self, name: str, allowed: Sequence[str], default: str) -> str:
        """Return an option that must be one of `allowed`."""
        value = self._given.get(name, default)
        if isinstance(value, str) and value in allowed:
            return value
        right = f"one of {', '.join(map(repr, allowed))}"
        self._wrong(name, value, right, nearest(value, allowed))
        return default

    def boolean(self, name: str, default: bool) -> bool:
        """Return an option that must be True or False."""
        return self._take(name, default, lambda value: type(value) is bool, "True or False")

    def integer(self, name: str, default: int, minimum: int = 1) -> int:
        """Return an option that must be a whole number of at least `minimum`."""
        return self._take(
            name,
            default,
            lambda value: (
                isinstance(value, int) and not isinstance(value, bool) and value >= minimum
            ),
            f"a whole number of at least {minimum}",
        )

    def optional_integer(self, name: str) -> int | None:
        """Return an option that must be a whole number of at least 1, or None."""
        return None if self._given.get(name) is None else self.integer(name, 1)

    def number(self, name: str, default: float) -> float:
        """Return an option that must be a finite number of at least 0."""
        return self._take(
            name, default, lambda value: _is_finite(value) and value >= 0, "a number of at least 0"
        )

    def optional_number(self, name: str, default: float | None) -> float | None:
        """Return an option that must be a finite number above 0; None means the default."""
        if self._given.get(name) is None:
            return default
        return self._take(
            name, default, lambda value: _is_finite(value) and value > 0, "a number above 0"
        )

    def callback(self, name: str, *arguments: str) -> Callable[..., object] | None:
        """Return an option that must be a plain function, or None.

        `arguments` says what it is called with; it may leave out all but the first.
        """
        function = self._given.get(name)
        if function is None:
            return None
        if not callable(function):
            self._wrong(name, function, "a function")
        elif _is_asynchronous(function):
            self._problems.append(
                f"{self._path(name)} is asynchronous or a generator; it must be a plain function, "
                "because nothing awaits or iterates over its result"
            )
        elif not any(takes(function, count + 1) for count in range(len(arguments))):
            self._problems.append(
                f"{self._path(name)} must be callable with {' and '.join(arguments)}"
            )
        else:
            return function
        return None

    def group(self, name: str, known: Sequence[str]) -> Options | None:
        """Return the options in the dict `name`, or None if it is not set."""
        given = self._given.get(name)
        if given is None and name not in self._given:
            return None
        if not isinstance(given, Mapping):
            self._wrong(name, given, f"a dict with {', '.join(map(repr, known))}")
            return None
        return Options(given, known, self._problems, f"{name}.")

    def names(self, name: str) -> tuple[str, ...]:
        """Return an option that must be a list of strings; the default is an empty one."""
        given = self._given.get(name) or ()
        if isinstance(given, (list, tuple)) and all(isinstance(each, str) for each in given):
            return tuple(given)
        self._wrong(name, given, "a list of names")
        return ()

    def _take(
        self,
        name: str,
        default: _T,
        is_right: Callable[[object], bool],
        right: str,
    ) -> _T:
        if name not in self._given:
            return default
        value = self._given[name]
        if is_right(value):
            return value  # type: ignore[return-value]  # is_right has checked the type
        self._wrong(name, value, right)
        return default

    def _wrong(self, name: str, value: object, right: str, hint: str = "") -> None:
        self._problems.append(f"{self._path(name)} is {shown(value)}; it must be {right}{hint}")

    def _path(self, name: object) -> str:
        return f"{self._prefix}{name}"


def shown(value: object) -> str:
    """Return `repr(value)`, shortened, also for objects whose `__repr__` fails."""
    return _REPR.repr(value)


_REPR = reprlib.Repr()
_REPR.maxstring = _REPR.maxother = 20_000  # half a secret could no longer be redacted


def _is_finite(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and type(value) is not bool and math.isfinite(value)


def _is_asynchronous(function: Callable[..., object]) -> bool:
    return any(
        check(each)
        for each in (function, type(function).__call__)
        for check in (
            inspect.iscoroutinefunction,
            inspect.isasyncgenfunction,
            inspect.isgeneratorfunction,
        )
    )


def takes(function: Callable[..., object], count: int) -> bool:
    """Whether `function` can be called with `count` positional arguments.

    A built-in function without a signature is assumed to take one.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return count == 1
    try:
        signature.bind(*[None] * count)
    except TypeError:
        return False
    return True


def nearest(given: object, known: Sequence[str]) -> str:
    """Return a hint at the most similar name in `known`, or an empty string."""
    if not isinstance(given, str):
        return ""
    import difflib  # imported late, because it is needed for errors only

    matches = difflib.get_close_matches(given, known, n=1)
    return f"; did you mean {matches[0]!r}?" if matches else ""
