"""Secrets from AWS Secrets Manager, fetched once for each process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


class InvalidSecret(Exception):
    """A secret does not have the expected form. The message does not contain its value."""


class Secret:
    """A secret that is fetched when it is first used, and kept."""

    def __init__(self, client: Any, arn: str) -> None:
        """Take a client of Secrets Manager, and the ARN of the secret."""
        self._client = client
        self._arn = arn
        self._text: str | None = None

    def token(self, name: str = "token") -> str:
        """Return the secret as a token: its text, or the value of `name` in a JSON object.

        Raises InvalidSecret.
        """
        if self._object() is None:
            token = self._fetched().strip()
        else:
            (token,) = self.values((name,))
        # Spaces or line breaks would end the header that the token is sent in.
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise self._invalid(
                f"a {name}, or a JSON object with a {name}, without spaces, control characters "
                "and characters outside of ASCII"
            )
        return token

    def optional(self, name: str) -> str | None:
        """Return the value of `name` in the JSON object that the secret may be, None without one.

        Raises InvalidSecret.
        """
        value = (self._object() or {}).get(name)
        return value if isinstance(value, str) and value else None

    def values(self, names: Sequence[str]) -> list[str]:
        """Return the values of `names` in the JSON object that is the secret.

        They are ASCII, as tokens and logins have to be. Raises InvalidSecret.
        """
        found = self._object() or {}
        values = [found.get(name) for name in names]
        texts = [value for value in values if isinstance(value, str) and value and value.isascii()]
        if len(texts) < len(names):
            raise self._invalid(
                f"a JSON object with string values for {' and '.join(names)}, without characters "
                "outside of ASCII"
            )
        return texts

    def refetch(self) -> bool:
        """Fetch the secret again, since it was rejected, and return whether it has changed."""
        old, self._text = self._text, None
        return self._fetched() != old

    def _object(self) -> dict[str, Any] | None:
        try:
            found = json.loads(self._fetched())
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def _fetched(self) -> str:
        if self._text is None:
            response = self._client.get_secret_value(SecretId=self._arn)
            text = response.get("SecretString")
            if not isinstance(text, str):
                raise InvalidSecret(f"The secret {self._arn} must be a string, but is binary.")
            self._text = text
        return self._text

    def _invalid(self, expected: str) -> InvalidSecret:
        """Return the error of a secret that is not as expected, and fetch it anew the next time."""
        self._text = None
        return InvalidSecret(f"The secret {self._arn} must be {expected}.")
