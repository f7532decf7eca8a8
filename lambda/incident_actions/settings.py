"""The settings that all actions have in common, from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


class InvalidSettings(Exception):
    """An environment variable is missing or invalid."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of every action. The comment of each field has its environment variable."""

    table: str  # TABLE_NAME
    metrics_namespace: str  # METRICS_NAMESPACE
    dry_run: bool  # DRY_RUN: true or false


@dataclass(frozen=True, slots=True)
class Limits:
    """How often an action may change one target."""

    cooldown_sec: int  # COOLDOWN_SEC
    max_actions: int  # MAX_ACTIONS
    window_sec: int  # WINDOW_SEC


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the settings in `environ`. Raises InvalidSettings."""
    return Settings(
        table=required(environ, "TABLE_NAME"),
        metrics_namespace=required(environ, "METRICS_NAMESPACE"),
        dry_run=switch(environ, "DRY_RUN"),
    )


def read_limits(environ: Mapping[str, str]) -> Limits:
    """Return the limits in `environ`. Raises InvalidSettings."""
    return Limits(
        cooldown_sec=_number(environ, "COOLDOWN_SEC", 0),
        max_actions=_number(environ, "MAX_ACTIONS", 1),
        window_sec=_number(environ, "WINDOW_SEC", 1),
    )


def required(environ: Mapping[str, str], name: str) -> str:
    """Return the value of a variable. Raises InvalidSettings if there is none."""
    value = environ.get(name)
    if not value:
        raise InvalidSettings(f"{name} is not set.")
    return value


def switch(environ: Mapping[str, str], name: str) -> bool:
    """Return the value of a variable that is true or false, and required.

    Raises InvalidSettings.
    """
    value = required(environ, name)
    if value not in ("true", "false"):
        raise InvalidSettings(f"{name} must be true or false, but is {value!r}.")
    return value == "true"


def _number(environ: Mapping[str, str], name: str, least: int) -> int:
    value = required(environ, name)
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise InvalidSettings(f"{name} must be a whole number from {least}, but is {value!r}.")
    return int(value)
