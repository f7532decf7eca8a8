"""What may be said of an exception: where it came from, and nothing of the environment."""

from __future__ import annotations

import importlib
import os
import traceback
from collections.abc import Mapping

LONGEST = 300
_SHORTEST_SECRET = 4
_NOT_SECRET = frozenset((
    "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_REGION", "LANG", "LC_ALL", "LD_LIBRARY_PATH",
    "PATH", "PWD", "PYTHONPATH", "SHLVL", "TZ", "_HANDLER",
))  # fmt: skip
_NOT_SECRET_PREFIXES = ("AWS_LAMBDA_", "DIVA_", "LAMBDA_")
_NOT_THE_USERS = (os.path.dirname(__file__), "<frozen ", importlib.__file__)


class Redactor:
    """Makes one short line of an exception, without the values of environment variables.

    Callbacks get their secrets from the environment, and exceptions like to quote what
    they were given; a value is replaced by the name of its variable.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        hidden = {
            value: name
            for name, value in environ.items()
            if len(value) >= _SHORTEST_SECRET
            and name not in _NOT_SECRET
            and not name.startswith(_NOT_SECRET_PREFIXES)
        }
        self._hidden = sorted(hidden.items(), key=lambda pair: -len(pair[0]))

    def __call__(self, error: BaseException | str) -> str:
        text = error if isinstance(error, str) else _describe(error)
        for value, name in self._hidden:
            text = text.replace(value, f"${{{name}}}")
        text = " ".join(text.split()).encode("utf-8", "backslashreplace").decode()
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def user_line(error: BaseException) -> tuple[str, int] | None:
    """Return file and line in the user's file that led to `error`; None if it has no frame there.

    The user's file is the first that DIVA's own code and the import system called into.
    """
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_NOT_THE_USERS)
    ]
    own = [frame for frame in frames if frame.filename == frames[0].filename]
    return (own[-1].filename, own[-1].lineno or 0) if own else None


def _describe(error: BaseException) -> str:
    """Return the exception's type and text, and the line of the user's file that led to it."""
    try:
        text = str(error)
    except BaseException:  # the exception is the user's, and so is its __str__
        text = ""
    described = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if line := user_line(error):
        described += f" ({os.path.basename(line[0])}, line {line[1]})"
    return described
