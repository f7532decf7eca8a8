"""The settings of the function, read from its environment variables.

| variable | default | meaning |
|---|---|---|
| `SUPABASE_URL` | required | URL of the Supabase project |
| `SUPABASE_SERVICE_ROLE_KEY` | | service role key (JWT) or secret key (`sb_secret_…`) |
| `SUPABASE_SERVICE_ROLE_KEY_ARN` | | ARN of the key in Secrets Manager or Parameter Store |
| `BACKEND_DIGEST_ENDPOINT` | required | URL that digests are requested from |
| `LEASE_TABLE` | required | name of the DynamoDB table described in `leases` |
| `RETENTION_DAYS` | 30 | days for which deleted monitors are kept |
| `CLEANUP_LIMIT` | 1000 | maximum number of monitors that a run purges |
| `CLEANUP_DRY_RUN` | false | `true` to log what would be purged instead of purging it |
| `MAX_CONCURRENCY` | 10 | maximum number of requests of a run to the backend at the same time |
| `LOG_LEVEL` | INFO | `DEBUG`, `INFO`, `WARNING` or `ERROR` |
| `CA_CERTIFICATES_PEM` | | certificate authorities to trust besides the public ones |

One of `SUPABASE_SERVICE_ROLE_KEY` and `SUPABASE_SERVICE_ROLE_KEY_ARN` is required. If both are set,
the ARN is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_SWITCHES = {"true": True, "false": False}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_MOST_DAYS = 36_500
_MOST_AT_ONCE = 200
_MOST_PURGED = 100_000


class InvalidSettings(Exception):
    """An environment variable is missing or invalid. The message does not contain secrets."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings."""

    supabase_url: str
    key: str | None
    key_arn: str | None
    backend_url: str
    lease_table: str
    retention_days: int
    cleanup_limit: int
    cleanup_dry_run: bool
    max_concurrency: int
    log_level: str


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings in `environ`. Raises InvalidSettings."""
    key = environ.get("SUPABASE_SERVICE_ROLE_KEY", "").strip() or None
    key_arn = environ.get("SUPABASE_SERVICE_ROLE_KEY_ARN", "").strip() or None
    if key is None and key_arn is None:
        raise InvalidSettings(
            "SUPABASE_SERVICE_ROLE_KEY_ARN is not set. Set it to the ARN of a secret or parameter, "
            "or set SUPABASE_SERVICE_ROLE_KEY."
        )
    # They would end the header that the key is sent in, and the error would quote it.
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise InvalidSettings(
            "SUPABASE_SERVICE_ROLE_KEY must be a key without spaces, control characters and "
            "characters outside of ASCII."
        )
    if key_arn and key_arn.split(":")[2:3] not in (["secretsmanager"], ["ssm"]):
        raise InvalidSettings(
            "SUPABASE_SERVICE_ROLE_KEY_ARN must be the ARN of a secret in Secrets Manager or of a "
            f"parameter in Parameter Store, but is {key_arn!r}."
        )
    return Settings(
        supabase_url=_url(environ, "SUPABASE_URL").rstrip("/"),
        key=key,
        key_arn=key_arn,
        backend_url=_url(environ, "BACKEND_DIGEST_ENDPOINT"),
        lease_table=_required(environ, "LEASE_TABLE"),
        retention_days=_number(environ, "RETENTION_DAYS", 30, _MOST_DAYS),
        cleanup_limit=_number(environ, "CLEANUP_LIMIT", 1_000, _MOST_PURGED),
        cleanup_dry_run=_SWITCHES[_one_of(environ, "CLEANUP_DRY_RUN", "false", tuple(_SWITCHES))],
        max_concurrency=_number(environ, "MAX_CONCURRENCY", 10, _MOST_AT_ONCE),
        log_level=_one_of(environ, "LOG_LEVEL", "INFO", _LOG_LEVELS),
    )


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise InvalidSettings(f"{name} is not set.")
    return value


def _url(environ: Mapping[str, str], name: str) -> str:
    text = _required(environ, name)
    try:
        parts = urlsplit(text)
        is_valid = parts.port != 0 and bool(parts.hostname) and not parts.username
    except ValueError:
        is_valid = False
    # Keys and webhook URLs are sent to these URLs.
    if not is_valid or (
        parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    ):
        raise InvalidSettings(f"{name} must be an HTTPS URL without a user name.")
    return text


def _number(environ: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise InvalidSettings(
            f"{name} must be a whole number between 1 and {most:,}, but is {text!r}."
        )
    return int(text)


def _one_of(environ: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    text = environ.get(name, "").strip() or default
    if text not in allowed:
        raise InvalidSettings(f"{name} must be one of {', '.join(allowed)}, but is {text!r}.")
    return text
