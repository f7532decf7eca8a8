"""The settings of the function, read from its environment variables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from .windows import Window, read_windows

MODES = ("monolithic", "distributed")
WORKER_ROLES = ("detect", "inject")
MAX_WORKERS = 8
"""The default, also of the Terraform module."""
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class InvalidSettings(Exception):
    """Environment variables are missing or invalid. The message lists them all."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings. The comment of each field has its environment variable."""

    mode: str  # DIVA_MODE
    parallelize: bool  # DIVA_PARALLELIZE
    max_workers: int  # DIVA_MAX_WORKERS
    log_level: str  # DIVA_LOG_LEVEL
    event_timeout_sec: float | None  # DIVA_EVENT_TIMEOUT_SEC
    worker_role: str | None  # DIVA_WORKER_ROLE
    state_bucket: str  # DIVA_STATE_BUCKET
    state_key: str  # DIVA_STATE_KEY
    state_table: str  # DIVA_STATE_TABLE
    kms_key_arn: str | None  # DIVA_KMS_KEY_ARN
    maintenance: tuple[Window, ...]  # DIVA_MAINTENANCE_WINDOWS
    event_metrics: bool  # DIVA_EVENT_METRICS


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings in `environ`. Raises InvalidSettings."""
    reader = _Reader(environ)
    mode = reader.choice("DIVA_MODE", MODES, "monolithic")
    settings = Settings(
        mode=mode,
        parallelize=reader.switch("DIVA_PARALLELIZE", True),
        max_workers=int(reader.number("DIVA_MAX_WORKERS", whole=True) or MAX_WORKERS),
        log_level=reader.choice("DIVA_LOG_LEVEL", LOG_LEVELS, "INFO"),
        event_timeout_sec=reader.number("DIVA_EVENT_TIMEOUT_SEC"),
        worker_role=reader.choice("DIVA_WORKER_ROLE", WORKER_ROLES, "") or None,
        state_bucket=reader.text("DIVA_STATE_BUCKET", required=mode == "monolithic"),
        state_key=reader.text("DIVA_STATE_KEY", required=mode == "monolithic"),
        state_table=reader.text("DIVA_STATE_TABLE", required=mode == "distributed"),
        kms_key_arn=environ.get("DIVA_KMS_KEY_ARN") or None,
        maintenance=reader.windows("DIVA_MAINTENANCE_WINDOWS"),
        event_metrics=reader.switch("DIVA_EVENT_METRICS", False),
    )
    if reader.problems:
        raise InvalidSettings("; ".join(reader.problems))
    return settings


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def text(self, name: str, required: bool) -> str:
        value = self._environ.get(name, "")
        if required and not value:
            self.problems.append(f"{name} is not set")
        return value

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self._environ.get(name) or default
        if value not in allowed and value != default:
            self.problems.append(f"{name} is {value!r}; it must be one of {', '.join(allowed)}")
        return value

    def switch(self, name: str, default: bool) -> bool:
        return self.choice(name, ("true", "false"), str(default).lower()) == "true"

    def number(self, name: str, whole: bool = False) -> float | None:
        value = self._environ.get(name, "")
        if not value:
            return None
        try:
            number = int(value) if whole else float(value)
        except ValueError:
            number = 0
        if not 0 < number < float("inf"):
            kind = "a whole number of at least 1" if whole else "a number above 0"
            self.problems.append(f"{name} is {value!r}; it must be {kind}")
            return None
        return number

    def windows(self, name: str) -> tuple[Window, ...]:
        try:
            given = json.loads(self._environ.get(name) or "[]")
        except ValueError as error:
            self.problems.append(f"{name} is not JSON: {error}")
            return ()
        return read_windows(given, name, self.problems)
