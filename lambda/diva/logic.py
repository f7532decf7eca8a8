"""Loads the user's `event_logic.py` and gets its events."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from types import ModuleType

from .redact import Redactor, user_line


class InvalidEventLogic(Exception):
    """`event_logic.py` cannot be imported or returns no events. The message has file and line."""


def load(name: str = "event_logic") -> ModuleType:
    """Import the module `name`. Raises InvalidEventLogic."""
    try:
        return importlib.import_module(name)
    except BaseException as error:  # what user code raises, SystemExit included
        raise InvalidEventLogic(f"{name}.py does not import: {_where(error)}") from error


def get_events(module: ModuleType) -> Mapping[object, object]:
    """Return what the module's `get_events()` returns. Raises InvalidEventLogic."""
    file = module.__file__ or module.__name__
    function = getattr(module, "get_events", None)
    if not callable(function):
        raise InvalidEventLogic(
            f"{file} has no function get_events(); it must return a dict of events by name"
        )
    try:
        events = function()
    except BaseException as error:
        raise InvalidEventLogic(f"get_events() failed: {_where(error)}") from error
    if not isinstance(events, Mapping):
        code = getattr(function, "__code__", None)
        line = f"{file}, line {code.co_firstlineno}" if code else file
        raise InvalidEventLogic(
            f"get_events() returned {type(events).__name__}, not a dict of events by name ({line})"
        )
    return events


def _where(error: BaseException) -> str:
    """Describe an exception and its place in the user's file."""
    redact = Redactor(os.environ)
    message = redact.hide(error.msg if isinstance(error, SyntaxError) else str(error)).strip()
    message = redact(message.splitlines()[0]) if message else ""
    text = ": ".join(filter(None, (type(error).__name__, message)))
    line = user_line(error)
    if isinstance(error, SyntaxError) and error.filename and os.path.exists(error.filename):
        line = error.filename, error.lineno or 0
    return f"{text} ({line[0]}, line {line[1]})" if line else text
