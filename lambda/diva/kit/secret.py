"""Secrets, fetched when they are first needed and kept for the life of the process."""

from __future__ import annotations

import json

from .aws import call, region_of
from .permission import Permission

_fetched: dict[str, str] = {}


class UnusableSecret(Exception):
    """A secret does not have the expected form. The message does not contain its value."""


def secret(arn: str, name: str) -> str:
    """Return the text of a secret or, if it is a JSON object, the value of `name` in it.

    Raises AwsError and UnusableSecret.
    """
    if arn not in _fetched:
        _fetched[arn] = _fetch(arn)
    text = _fetched[arn].strip()
    if text.startswith("{"):
        try:
            found = json.loads(text).get(name)
        except ValueError:
            found = None
        text = found if isinstance(found, str) else ""
    # Spaces or line breaks would end the header or the URL that it is sent in.
    if not text or not text.isascii() or not text.isprintable() or " " in text:
        forget(arn)
        raise UnusableSecret(
            f"{arn} is not usable; it must be a text, or a JSON object with a text {name!r}, "
            "without spaces, control characters and characters outside of ASCII"
        )
    return text


def forget(arn: str) -> None:
    """Fetch a secret anew the next time, since it was rejected and may have been rotated."""
    _fetched.pop(arn, None)


def permission(arn: str) -> Permission:
    """Return what fetching a secret requires."""
    return Permission(_action(arn), arn)


def _action(arn: str) -> str:
    is_parameter = arn.split(":")[2] == "ssm"
    return "ssm:GetParameter" if is_parameter else "secretsmanager:GetSecretValue"


def _fetch(arn: str) -> str:
    region, action = region_of(arn), _action(arn)
    if action == "ssm:GetParameter":
        found = call("ssm", "get_parameter", action, region=region, Name=arn, WithDecryption=True)
        return str(found["Parameter"]["Value"])
    found = call("secretsmanager", "get_secret_value", action, region=region, SecretId=arn)
    text = found.get("SecretString")
    if not isinstance(text, str):
        raise UnusableSecret(f"{arn} is not usable; it must be a text, but is binary")
    return text
