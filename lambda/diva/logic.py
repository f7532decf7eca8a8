"""Loading the user's `event_logic.py` and asking it for its events."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Mapping
from types import ModuleType


class InvalidEventLogic(Exception):
    """`event_logic.py` cannot be imported or gives no events; the text names file and line."""


def load(name: str = "event_logic") -> ModuleType:
    """Import the module `name`. Raises InvalidEventLogic."""
    try:
        return importlib.import_module(name)
    except BaseException as error:  # what user code raises, SystemExit included
        raise InvalidEventLogic(f"{name}.py does not import: {_where(error, name)}") from error


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
        raise InvalidEventLogic(f"get_events() failed: {_where(error, module.__name__)}") from error
    if not isinstance(events, Mapping):
        code = getattr(function, "__code__", None)
        line = f"{file}, line {code.co_firstlineno}" if code else file
        raise InvalidEventLogic(
            f"get_events() returned {type(events).__name__}, not a dict of events by name ({line})"
        )
    return events


def _where(error: BaseException, module_name: str) -> str:
    """Say what was raised and where: the last line of the user's own file that led to it."""
    text = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1]
    if isinstance(error, SyntaxError):
        return f"{text} ({error.filename}, line {error.lineno})"
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename not in (__file__, importlib.__file__) and "<frozen" not in frame.filename
    ]
    own = [frame for frame in frames if frame.filename.endswith(f"{module_name}.py")] or frames
    return f"{text} ({own[-1].filename}, line {own[-1].lineno})" if own else text
