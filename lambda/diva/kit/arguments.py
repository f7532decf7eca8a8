"""Checks of the arguments of makers. The errors say what is wrong, where, and what is right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import NoReturn
from urllib.parse import urlsplit

from ..options import shown

Body = str | Mapping[str, object] | list[object] | Callable[[str], object]
"""What is sent: a text, something that becomes JSON, or a function that returns either, called with
the name of the event."""

_ARN = re.compile(r"arn:[\w-]+:([\w-]+):([\w-]*):(\d*):(.+)")
_SECRETS = {"secretsmanager": "secret:", "ssm": "parameter/"}


def refuse(maker: object, name: str, value: object, right: str) -> NoReturn:
    """Raise the ValueError of an argument that must be `right`."""
    raise ValueError(f"{_name(maker)}: {name} is {shown(value)}; it must be {right}")


def require(is_right: bool, maker: object, name: str, value: object, right: str) -> None:
    """Raise ValueError unless `is_right`."""
    if not is_right:
        refuse(maker, name, value, right)


def require_text(maker: object, name: str, value: object, example: str) -> None:
    """Raise ValueError unless `value` is a text that is not empty."""
    right = f"a text, for example {example!r}"
    require(isinstance(value, str) and value != "", maker, name, value, right)


def require_whole(
    maker: object, name: str, value: object, least: int, most: int | None = None
) -> None:
    """Raise ValueError unless `value` is a whole number in the range."""
    is_whole = isinstance(value, int) and not isinstance(value, bool) and value >= least
    up_to = "" if most is None else f" and at most {most}"
    right = f"a whole number of at least {least}{up_to}"
    require(is_whole and (most is None or value <= most), maker, name, value, right)  # type: ignore[operator]  # is_whole


def require_number(maker: object, name: str, value: object) -> None:
    """Raise ValueError unless `value` is a number."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    require(is_number and value == value, maker, name, value, "a number")


def require_limit(maker: object, limit_sec: object) -> None:
    """Raise ValueError unless `limit_sec` is a time limit."""
    is_number = isinstance(limit_sec, (int, float)) and not isinstance(limit_sec, bool)
    is_right = is_number and 0 < limit_sec < float("inf")  # type: ignore[operator]  # is_number
    require(is_right, maker, "timeout_sec", limit_sec, "a number of seconds above 0")


def require_choice(maker: object, name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Raise ValueError unless `value` is one of `allowed`."""
    right = f"one of {', '.join(map(repr, allowed))}"
    require(isinstance(value, str) and value in allowed, maker, name, value, right)


def require_url(maker: object, name: str, value: object, schemes: tuple[str, ...]) -> None:
    """Raise ValueError unless `value` is a URL without a login."""
    if not is_url(value, schemes):
        begin = " or ".join(f"{each}://" for each in schemes)
        # It is not quoted, because it may contain a password or a token.
        raise ValueError(
            f"{_name(maker)}: {name} is not valid; it must be a URL that begins with {begin}, "
            "without a login"
        )


def is_url(value: object, schemes: tuple[str, ...]) -> bool:
    """Whether `value` is a URL without a login."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        return False
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    is_valid = parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc
    return is_valid and " " not in value


def require_arn(maker: object, name: str, value: object, example: str) -> None:
    """Raise ValueError unless `value` is an ARN of the same kind as `example`."""
    service, kind = _kind(example)
    found = _ARN.fullmatch(value) if isinstance(value, str) else None
    is_right = bool(found and found[1] == service and found[4].startswith(kind))
    require(is_right, maker, name, value, f"an ARN such as {example!r}")


def require_name_or_arn(maker: object, name: str, value: object, example: str) -> None:
    """Raise ValueError unless `value` is a name, or an ARN of the same kind as `example`."""
    if isinstance(value, str) and value.startswith("arn:"):
        require_arn(maker, name, value, example)
    else:
        is_name = isinstance(value, str) and bool(re.fullmatch(r"[\w./#-]+", value))
        require(is_name, maker, name, value, f"a name, or an ARN such as {example!r}")


def require_secret(maker: object, name: str, value: object) -> None:
    """Raise ValueError unless `value` is the ARN of a secret. The error does not quote it."""
    found = _ARN.fullmatch(value) if isinstance(value, str) else None
    if not found or not found[4].startswith(_SECRETS.get(found[1], "\0")):
        raise ValueError(
            f"{_name(maker)}: {name} is no ARN of a secret; it must be the ARN of a secret in "
            "Secrets Manager or of a parameter in Parameter Store, never the secret itself"
        )


def require_body(maker: object, name: str, value: object) -> None:
    """Raise ValueError unless `value` is a Body."""
    if not callable(value):
        try:
            rendered(value)
        except (TypeError, ValueError):
            right = "a text, a value that JSON can hold, or a function that returns either"
            refuse(maker, name, value, right)


def rendered(body: object, event_name: str = "") -> str:
    """Return a Body as text."""
    content = body(event_name) if callable(body) else body
    return content if isinstance(content, str) else json.dumps(content, allow_nan=False)


def _kind(example: str) -> tuple[str, str]:
    """Return service and type of the resource of an ARN, `""` for a service without types."""
    service, resource = example.split(":", 5)[2::3]
    return service, re.match(r"(?:[a-zA-Z-]+[:/])?", resource)[0]  # type: ignore[index]  # matches always


def _name(maker: object) -> str:
    return type(maker).__name__
