"""The Lambda handler: assembles the engine once per process, and runs a period."""

from __future__ import annotations

import functools
import gc
import logging
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import boto3
from botocore.config import Config

from . import logic, metrics, report
from .engine import Engine
from .log_handler import OneWriter
from .period import Invocation, Period
from .policy import Policies
from .pool import Pool
from .reader import PolicyReader
from .redact import Redactor
from .report import log
from .settings import Settings, read_settings
from .shard import read_shard
from .stores import StoreError

ATTEMPTS = 2
TIMEOUT_SEC = 2.5
"""For connecting and for reading. Two attempts at both fit into the time kept for saving."""
COLLECTION_THRESHOLD = 20_000
"""With Python's default of 700 to 2,000, the garbage collector walks all events several times a
period, and costs more for each of them the more there are."""


class Context(Protocol):
    """The part of Lambda's context object that DIVA uses."""

    aws_request_id: str
    function_name: str

    def get_remaining_time_in_millis(self) -> int: ...


class PeriodFailed(Exception):
    """A period could not be completed, or events are invalid. The message lists every reason."""


RunPeriod = Callable[[Policies, Invocation], Period]


@dataclass(frozen=True, slots=True)
class Runtime:
    """What lasts as long as the process."""

    settings: Settings
    reader: PolicyReader
    run_period: RunPeriod


@functools.cache
def runtime() -> Runtime:
    """Return the runtime of this process. Raises InvalidSettings."""
    settings = read_settings(os.environ)
    log.setLevel(settings.log_level)
    log.handlers, log.propagate = [OneWriter()], False
    gc.set_threshold(COLLECTION_THRESHOLD, *gc.get_threshold()[1:])
    # Lambda sets the level of all loggers, and at DEBUG these log the session token.
    for library in ("boto3", "botocore", "urllib3"):
        logging.getLogger(library).setLevel(logging.WARNING)
    workers = settings.max_workers if settings.parallelize else 1
    reader = PolicyReader(settings.event_timeout_sec, settings.worker_role, settings.maintenance)
    engine = Engine(Pool(workers), Redactor(os.environ), ordered=not settings.parallelize)
    config = Config(
        connect_timeout=TIMEOUT_SEC,
        read_timeout=TIMEOUT_SEC,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        max_pool_connections=workers,
    )
    # Each mode imports its own store only, to keep the cold start short.
    if settings.mode == "monolithic":
        from .stores.s3 import S3Store

        s3 = boto3.client("s3", config=config)
        shared = S3Store(
            s3,
            settings.state_bucket,
            settings.state_key,
            report.log_corrupt_state,
            settings.kms_key_arn,
        )
        return Runtime(
            settings,
            reader,
            lambda policies, invocation: engine.run_shared(policies, shared, invocation),
        )
    from .stores.dynamodb import DynamoDBStore

    dynamodb = boto3.client("dynamodb", config=config)
    return Runtime(
        settings,
        reader,
        lambda policies, invocation: engine.run_separate(
            policies,
            lambda event: DynamoDBStore(dynamodb, settings.state_table, event),
            invocation,
        ),
    )


def handler(event: object, context: Context) -> dict[str, object]:
    """Run one period and return its result, of one shard if `event` names it, else of all events.

    Raises what made the period fail, after everything that could run has run: Lambda then
    counts an error, and nothing is hidden.
    """
    try:
        return _run(runtime(), event, context)
    finally:
        for each in log.handlers:
            each.flush()  # Lambda stops all threads as soon as this has returned


def _run(this: Runtime, event: object, context: Context) -> dict[str, object]:
    settings = this.settings
    shard = read_shard(event, settings.mode)
    report.log_getting_events()
    events = logic.get_events(logic.load())
    report.log_events(len(events))
    # Other events are not even read: there can be a million of them.
    policies = this.reader.read(shard.with_causes(events))
    redact = Redactor(os.environ)
    if not shard.is_whole:
        report.log_shard(shard, len(shard.of(policies.valid)))
    run_id = f"{context.aws_request_id}-{uuid.uuid4().hex[:8]}"  # Lambda may repeat a request
    remaining_sec = context.get_remaining_time_in_millis() / 1000
    invocation = Invocation(run_id, context.function_name, remaining_sec, shard)
    try:
        period = this.run_period(policies, invocation)
    except StoreError as error:
        raise PeriodFailed("\n".join([str(error), *map(redact, policies.problems)])) from error
    result = report.result(settings.mode, policies, period)
    report.log_summary(result, period)
    now_ms = round(time.time() * 1000)
    print(metrics.run_line(context.function_name, result, period, now_ms))
    if settings.event_metrics:
        for line in metrics.event_lines(context.function_name, policies, period, now_ms):
            print(line)
    problems = [f"event {name!r}: {error}" for name, error in period.errors.items()]
    problems += map(redact, policies.problems)
    if problems:
        raise PeriodFailed("\n".join(problems))
    return result


def _warm_up() -> None:
    """Create the clients while Lambda initializes the process, when a full CPU is available.

    What fails here is left for the first invocation to raise, where it is seen.
    """
    try:
        runtime()
    except Exception:
        runtime.cache_clear()


if os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):
    _warm_up()
