"""The Lambda handler: purges old deleted monitors, and triggers the digests that are due.

`request` describes the events, `settings` the environment variables, `leases` the DynamoDB table.
Cleanup and digests succeed or fail independently of each other. A failure of either is raised at
the end of the run, after everything else was done. A further run of the same period, such as a
retry of Lambda, triggers only those digests that were not triggered before.

Required permissions, besides those for the log group and in `leases`: `lambda:InvokeFunction` for
the function itself, and `secretsmanager:GetSecretValue` or `ssm:GetParameter` for
`SUPABASE_SERVICE_ROLE_KEY_ARN`.
"""

from __future__ import annotations

import functools
import logging
import os
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

import urllib3

from diva_common.clients import client
from diva_common.runs import Clock, end_of_run
from diva_common.runs import Context as AnyContext
from diva_common.tls import tls_context

from . import metrics
from .backend import TIMEOUT_SEC, Backend
from .cleanup import Cleanup, Retention, clean_up
from .continuation import Continuing
from .dispatch import Dispatched, Dispatcher, Outcome, Times
from .keys import FixedKey, key_of
from .leases import Leases
from .log_lines import iso, set_up
from .monitors import Monitor, active_monitors
from .period import period
from .redaction import redacted
from .request import Request, read_request
from .settings import Settings, read_settings
from .supabase import Supabase

log = logging.getLogger(__package__)

clock: Clock = time

SETTLE_SEC = 3.0
"""Kept at the end of a run, besides `diva_common.runs.RESERVE_SEC`, to continue it."""


class Context(AnyContext, Protocol):
    """The part of Lambda's context object that is used."""

    @property
    def function_name(self) -> str: ...

    @property
    def invoked_function_arn(self) -> str: ...

    @property
    def aws_request_id(self) -> str: ...


class RunFailed(Exception):
    """A part of the run failed. The message lists the reasons."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What lasts as long as the process."""

    settings: Settings
    supabase: Supabase
    backend: Backend
    dynamodb: Any


@dataclass(slots=True)
class _Result:
    """What a run has come to so far."""

    cleanup: Cleanup = field(default_factory=Cleanup)
    active: int = 0
    other: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def values(self) -> dict[str, float]:
        return {
            metrics.TRIGGERED: self.outcomes[Outcome.TRIGGERED],
            metrics.SKIPPED: self.outcomes[Outcome.SKIPPED],
            metrics.FAILED: self.outcomes[Outcome.FAILED],
            metrics.LEFT: self.outcomes[Outcome.LEFT],
            metrics.ACTIVE: self.active,
            metrics.OTHER: self.other,
            metrics.FOUND: self.cleanup.found,
            metrics.REMOVED: self.cleanup.removed,
        }


@functools.cache
def runtime() -> Runtime:
    """Return the runtime that the environment variables describe. Raises InvalidSettings."""
    settings = read_settings(os.environ)
    set_up(log, settings.log_level, clock)
    pool = urllib3.PoolManager(
        maxsize=settings.max_concurrency,
        ssl_context=tls_context(os.environ),
    )
    if settings.key_arn:
        key = key_of(settings.key_arn, client)
    else:
        assert settings.key is not None
        key = FixedKey(settings.key)
    return Runtime(
        settings,
        Supabase(pool, settings.supabase_url, key, clock),
        Backend(pool, settings.backend_url, settings.max_concurrency, clock),
        client("dynamodb", connections=_threads(settings)),
    )


def lambda_handler(event: object, context: Context) -> dict[str, float]:
    """Do what `event` asks for, and return the values of the run's metrics.

    Raises RunFailed, InvalidEvent and InvalidSettings.
    """
    began = clock.monotonic()
    use = runtime()
    log.info("Digest Lambda triggered at %s", iso(clock.time()))
    request = read_request(event, clock.time())
    result = _Result()
    if request.cleanup:
        _clean_up(use, context, result)
    _trigger_digests(use, request, context, result)
    values = {**result.values(), metrics.TIME: round(1000 * (clock.monotonic() - began), 1)}
    print(metrics.metrics_line(context.function_name, values, clock.time()), flush=True)
    if result.problems:
        log.error("Lambda execution failed: %s", "; ".join(result.problems))
        raise RunFailed("\n".join(result.problems))
    log.info("Lambda execution completed successfully")
    return values


def _clean_up(use: Runtime, context: Context, result: _Result) -> None:
    settings = use.settings
    retention = Retention(settings.retention_days, settings.cleanup_limit, settings.cleanup_dry_run)
    # Digests must not wait for a cleanup that takes long.
    until = clock.monotonic() + (_until(context) - clock.monotonic()) / 4
    try:
        clean_up(use.supabase, retention, clock.time(), until, result.cleanup)
    except Exception as error:
        result.problems.append(_problem("Cleanup", error))


def _trigger_digests(use: Runtime, request: Request, context: Context, result: _Result) -> None:
    times = _times(context)
    monitors = _monitors(use, request, times, result)
    leases = Leases(use.dynamodb, use.settings.lease_table, uuid.uuid4().hex, clock)
    dispatcher = Dispatcher(leases, use.backend, _threads(use.settings), clock)
    periods = {each: period(each, request.at) for each in request.frequencies}
    done = dispatcher.dispatch(monitors, periods, times)
    result.outcomes = done.counts
    _log_outcomes(result.outcomes)
    if failed := result.outcomes[Outcome.FAILED]:
        result.problems.append(f"{failed} digests could not be triggered.")
    if done.first_left is not None:
        continuing = Continuing(
            lambda: client("lambda"), context.invoked_function_arn, context.aws_request_id, leases
        )
        _continue(continuing, request, monitors, done, result)


def _monitors(use: Runtime, request: Request, times: Times, result: _Result) -> list[Monitor]:
    """Return the monitors with the requested frequency, as far as they could be read."""
    after = request.continuation.after if request.continuation else None
    monitors: list[Monitor] = []
    others: Counter[str | None] = Counter()
    try:
        for monitor in active_monitors(use.supabase, after, times.begin_until):
            if monitor.frequency in request.frequencies:
                monitors.append(monitor)
            else:
                others[monitor.frequency] += 1
    except Exception as error:
        result.problems.append(_problem("Reading the monitors", error))
    result.active, result.other = len(monitors), others.total()
    log.info("Found %d active monitors for digest processing", len(monitors))
    if others:
        shown = ", ".join(f"{redacted(name)}: {number}" for name, number in others.most_common(5))
        log.info("Skipping %d active monitors of other frequencies (%s)", result.other, shown)
    return monitors


def _continue(
    continuing: Continuing,
    request: Request,
    monitors: list[Monitor],
    done: Dispatched,
    result: _Result,
) -> None:
    first = done.first_left
    assert first is not None
    before = request.continuation.after if request.continuation else None
    settled = [before, *(monitor.id for monitor in monitors[:first])]
    try:
        continuing.after(request, settled, result.outcomes[Outcome.LEFT])
    except Exception as error:
        result.problems.append(_problem("Continuing", error))


def _log_outcomes(outcomes: Counter[Outcome]) -> None:
    if skipped := outcomes[Outcome.SKIPPED]:
        log.info("Skipped %d monitors whose digest has already been triggered", skipped)
    log.info(
        "Digest processing complete - Success: %d, Failed: %d",
        outcomes[Outcome.TRIGGERED],
        outcomes[Outcome.FAILED],
    )


def _problem(what: str, error: Exception) -> str:
    return f"{what} failed: {redacted(f'{type(error).__name__}: {error}')}"


def _until(context: Context) -> float:
    return end_of_run(context, clock) - SETTLE_SEC


def _times(context: Context) -> Times:
    until = _until(context)
    left = until - clock.monotonic()
    return Times(
        begin_until=until - min(TIMEOUT_SEC, left / 4),
        until=until,
        run_ends_at=clock.time() + context.get_remaining_time_in_millis() / 1000,
    )


def _threads(settings: Settings) -> int:
    """Return a number of threads so that some claim and record while others send requests."""
    return settings.max_concurrency + (settings.max_concurrency + 1) // 2
