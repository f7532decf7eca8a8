"""Redacts exceptions and texts: values of environment variables are replaced with their names."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import traceback
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, quote_plus, unquote, urlsplit

LONGEST = 300
_SHORTEST_SECRET = 4
_SHORTEST_PART = 8  # shorter parts are words rather than secrets
_NOT_SECRET = frozenset((
    "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_REGION", "LANG", "LC_ALL", "LD_LIBRARY_PATH",
    "PATH", "PWD", "PYTHONPATH", "SHLVL", "TZ", "_HANDLER",
))  # fmt: skip
_NOT_SECRET_PREFIXES = ("AWS_LAMBDA_", "DIVA_", "LAMBDA_")
_NOT_THE_USERS = (os.path.dirname(__file__), "<frozen ", importlib.__file__)


class Redactor:
    """Makes one short line of an exception or a text, without values of environment variables.

    Callbacks get their secrets from the environment, and exceptions like to quote what they
    were given. A value is replaced by the name of its variable, also where Python, JSON or a
    URL has quoted it, and so are its parts that are used alone: a line, the password of a URL,
    a text inside JSON.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._known: dict[str, str] = {}
        self._hidden: list[tuple[str, str]] = []

    def __call__(self, error: BaseException | str) -> str:
        text = self.hide(error if isinstance(error, str) else _describe(error))
        text = " ".join(text.split()).encode("utf-8", "backslashreplace").decode()
        return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"

    def hide(self, text: str) -> str:
        """Return the whole `text`, redacted."""
        now = dict(self._environ)
        if now != self._known:  # event logic may put secrets into the environment
            self._hidden, self._known = _hidden(now), now
        for quoted, name in self._hidden:
            text = text.replace(quoted, name)
        return text


def _hidden(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what to replace with what, the longest first."""
    named = {
        quoted: f"${{{name}}}"
        for name, value in environ.items()
        if name not in _NOT_SECRET and not name.startswith(_NOT_SECRET_PREFIXES)
        for secret in _secrets(value)
        for quoted in _quoted(secret)
    }
    return sorted(named.items(), key=lambda pair: -len(pair[0]))


def _secrets(value: str) -> Iterator[str]:
    whole = value.strip()
    if len(whole) >= _SHORTEST_SECRET:
        yield from (whole, value)
        yield from (part for part in _parts(whole) if len(part) >= _SHORTEST_PART)
        with contextlib.suppress(ValueError):  # not a valid URL
            if password := urlsplit(whole).password:
                yield from (password, unquote(password))


def _parts(value: str) -> Iterator[str]:
    yield from (line.strip() for line in value.splitlines())
    if value[0] in "{[":
        with contextlib.suppress(ValueError):
            yield from _texts(json.loads(value))


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, (dict, list)):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _texts(each)


def _quoted(secret: str) -> set[str]:
    """Return `secret` as it is and as other text quotes it, up to three levels deep."""
    forms = {secret}
    for _ in range(3):
        forms |= {quote_(form) for form in forms for quote_ in _QUOTES}
    return forms


_QUOTES: tuple[Callable[[str], str], ...] = (
    lambda text: repr(text)[1:-1],
    lambda text: json.dumps(text)[1:-1],
    lambda text: quote(text, errors="replace"),
    lambda text: quote(text, safe="", errors="replace"),
    lambda text: quote_plus(text, errors="replace"),
)


def user_line(error: BaseException) -> tuple[str, int] | None:
    """Return file and line in the user's file that led to `error`, or None.

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
    except BaseException:  # __str__ is the user's code, too
        text = ""
    described = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if line := user_line(error):
        described += f" ({os.path.basename(line[0])}, line {line[1]})"
    return described
