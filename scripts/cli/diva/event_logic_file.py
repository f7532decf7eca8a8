"""Importing event logic from a file of any name."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

from diva import logic
from diva.logic import InvalidEventLogic

NAME = "event_logic"
"""The name of the module, as in Lambda, whatever the name of the file."""


class EventLogicFile:
    """The event logic in the file `path`, which may import modules from its own folder.

    Raises InvalidEventLogic.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            found = "is a folder, not a file" if path.is_dir() else "does not exist"
            raise InvalidEventLogic(f"{path} {found}")
        self._path = path.absolute()
        sys.meta_path.insert(0, _Finder(self._path))
        sys.path.insert(0, str(self._path.parent))
        try:
            self._module = logic.load(NAME)
        except InvalidEventLogic as error:
            raise self._explained(error, f"{path.name} does not import") from error

    def events(self) -> Mapping[object, object]:
        """Return what `get_events()` returns. Raises InvalidEventLogic."""
        try:
            return logic.get_events(self._module)
        except InvalidEventLogic as error:
            raise self._explained(error, f"get_events() in {self._path.name} failed") from error

    def _explained(self, error: InvalidEventLogic, what: str) -> BaseException:
        """Return `error` with the line that caused it, or the KeyboardInterrupt that it was."""
        cause = error.__cause__
        if cause is None:
            return error
        if isinstance(cause, KeyboardInterrupt):
            return cause
        text = traceback.format_exception_only(type(cause), cause)[-1].strip()
        hint = ""
        if isinstance(cause, ModuleNotFoundError):
            hint = ". Add the folder that contains the package to PYTHONPATH"
        if _is_of_environment(cause):
            hint = ". Set this environment variable, as the function has it"
        return InvalidEventLogic(f"{what}: {text} ({self._place(cause)}){hint}")

    def _place(self, error: BaseException) -> str:
        """Return file and line of the last frame of `error` that is in the user's code."""
        if isinstance(error, SyntaxError) and error.filename:
            return f"{error.filename}, line {error.lineno}"
        frames = traceback.extract_tb(error.__traceback__)
        files = [frame.filename for frame in frames]
        if str(self._path) not in files:
            return str(self._path)
        begun_by_user = frames[files.index(str(self._path)) :]
        own = [frame for frame in begun_by_user if self._is_own(frame.filename)]
        return f"{own[-1].filename}, line {own[-1].lineno}"

    def _is_own(self, file: str) -> bool:
        path = Path(file)
        return path.is_relative_to(self._path.parent) and "site-packages" not in path.parts


def _is_of_environment(error: BaseException) -> bool:
    """Whether `error` is that of a variable that is not in `os.environ`."""
    modules = [
        frame.f_globals.get("__name__") for frame, _ in traceback.walk_tb(error.__traceback__)
    ]
    return isinstance(error, KeyError) and modules[-1:] == ["os"]


class _Finder(MetaPathFinder):
    """Finds the module of the event logic in a file of any name and suffix."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != NAME:
            return None
        loader = SourceFileLoader(NAME, str(self._file))
        return spec_from_file_location(NAME, self._file, loader=loader)
