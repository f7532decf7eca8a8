"""The key of Supabase: from Secrets Manager, Parameter Store, or an environment variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from diva_common.secret import Secret


class Key(Protocol):
    """A key that may be rotated."""

    def token(self) -> str:
        """Return the key."""
        ...

    def refetch(self) -> bool:
        """Fetch the key again, since it was rejected, and return whether it has changed."""
        ...


class FixedKey:
    """A key that lasts as long as the process."""

    def __init__(self, value: str) -> None:
        self._value = value

    def token(self) -> str:
        return self._value

    def refetch(self) -> bool:
        return False


class Parameters:
    """Parameter Store, called like Secrets Manager."""

    def __init__(self, client: Any) -> None:
        """Take a client of Systems Manager."""
        self._client = client

    def get_secret_value(self, SecretId: str) -> dict[str, Any]:  # noqa: N803  # as boto3 has it
        response = self._client.get_parameter(Name=SecretId, WithDecryption=True)
        return {"SecretString": response["Parameter"]["Value"]}


def key_of(arn: str, client: Callable[[str], Any]) -> Key:
    """Return the key with the ARN `arn`: a text, or the value of `token` in a JSON object.

    `client` creates a client of a service.
    """
    if arn.split(":")[2] == "ssm":
        return Secret(Parameters(client("ssm")), arn)
    return Secret(client("secretsmanager"), arn)


def headers(key: str) -> dict[str, str]:
    """Return the headers that identify the caller to Supabase.

    Keys in the new form (`sb_secret_…`) are no JWT, and are rejected as a bearer token.
    """
    if key.startswith("sb_"):
        return {"apikey": key}
    return {"apikey": key, "Authorization": f"Bearer {key}"}
