"""The settings of sending mail, read from environment variables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address


class InvalidSettings(Exception):
    """An environment variable is missing or invalid."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings. The comment of each field has its environment variable."""

    host: str  # SMTP_HOST
    port: int  # SMTP_PORT
    sender: Address  # SMTP_FROM: an address, or a name and an address in angle brackets
    recipients: tuple[Address, ...]  # SMTP_TO: a JSON list of such addresses
    secret_arn: str | None  # SMTP_SECRET_ARN: a secret with username and password
    starttls: bool  # SMTP_STARTTLS: true or false


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings in `environ`. Raises InvalidSettings."""
    try:
        recipients = json.loads(environ["SMTP_TO"])
        if not isinstance(recipients, list) or not recipients:
            raise InvalidSettings(
                "SMTP_TO must be a JSON list of at least one address, but is "
                f"{environ['SMTP_TO']!r}."
            )
        return Settings(
            host=environ["SMTP_HOST"],
            port=int(environ["SMTP_PORT"]),
            sender=address(environ["SMTP_FROM"]),
            recipients=tuple(address(str(each)) for each in recipients),
            secret_arn=environ.get("SMTP_SECRET_ARN") or None,
            starttls=environ.get("SMTP_STARTTLS", "true") == "true",
        )
    except KeyError as error:
        raise InvalidSettings(f"{error.args[0]} is not set.") from error
    except ValueError as error:
        raise InvalidSettings(f"SMTP_PORT or SMTP_TO is invalid: {error}") from error


def address(text: str) -> Address:
    """Return an address such as `ops@example.com` or `Operations <ops@example.com>`.

    Raises InvalidSettings.
    """
    name, bracket, rest = text.strip().rpartition("<")
    specification = rest.removesuffix(">") if bracket else rest
    try:
        found = Address(name.strip().strip('"'), addr_spec=specification.strip())
    except (MessageError, ValueError, IndexError) as error:
        raise InvalidSettings(f"A mail address is invalid: {text!r}.") from error
    if not found.username or not found.domain or not text.isprintable():
        raise InvalidSettings(f"A mail address is invalid: {text!r}.")
    return found
