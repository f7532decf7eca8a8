"""A process of the function as Lambda keeps it: environment, package, handler and state."""

from __future__ import annotations

import gc
import importlib
import logging
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.loaders import create_loader

from diva import handler as handler_module
from diva.pool import Pool
from local_aws import LocalAws
from tests.processes import PATIENCE_SEC

from .clocks import ManualClock
from .places import EVENT, KEY, Bucket, Table, new_bucket, new_table

CALLBACKS = """\
import threading

calls, answers, gate = [], {}, threading.Event()

def answer(call):
    calls.append(call)
    value = answers.get(call, True)
    if isinstance(value, BaseException):
        raise value
    return value() if callable(value) else value

def detect(name):
    return answer(f"detect {name}")

def inject(name):
    return answer(f"inject {name}")

def alert(message):
    return answer(f"alert {message.split(chr(39))[1]}")

"""
ORDERS = CALLBACKS + (
    "def get_events():\n"
    "    return {'orders': {'detect': detect, 'inject': inject, 'alert': alert}}\n"
)
THREE = CALLBACKS + (
    "def get_events():\n"
    "    return {name: {'detect': detect, 'role': 'detect', 'alert': alert,\n"
    "                   'max_failed_detections': 1} for name in ('one', 'two', 'three')}\n"
)


@dataclass
class Context:
    """What Lambda gives the handler of each invocation."""

    remaining_sec: float = 60.0
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    function_name: str = "diva-orders"

    def get_remaining_time_in_millis(self) -> int:
        return int(self.remaining_sec * 1000)


_service_models = create_loader()


def _botocore_session() -> botocore.session.Session:
    """Return a new session that does not parse again what earlier ones have read from disk."""
    session = botocore.session.Session()
    session.register_component("data_loader", _service_models)
    return session


class Process:
    """A process of the function in `mode`; its state is in a bucket or table of its own.

    Time stands still during a run, unless a callback moves `clock` on.
    """

    def __init__(self, mode: str, aws: LocalAws, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.mode = mode
        self.requests: list[str] = []
        """The operations sent to AWS, repetitions included."""
        self.bucket: Bucket = new_bucket(aws)
        self.table: Table = new_table(aws)
        self.clock = ManualClock()
        self._folder = folder
        self._patch = patch
        patch.setattr(handler_module, "Pool", partial(Pool, clock=self.clock))
        patch.setattr(handler_module, "TIMEOUT_SEC", PATIENCE_SEC)
        self.environ: dict[str, str] = {"AWS_ENDPOINT_URL": aws.endpoint, "DIVA_MODE": mode}
        if mode == "monolithic":
            self.environ |= {"DIVA_STATE_BUCKET": self.bucket.name, "DIVA_STATE_KEY": KEY}
        else:
            self.environ |= {"DIVA_STATE_TABLE": self.table.name}

    def start(self, event_logic: str | None = ORDERS, **environ: str) -> Process:
        """Start anew, with this package and these variables besides those of the mode."""
        for name, value in {**self.environ, **environ}.items():
            self._patch.setenv(name, value)
        if event_logic is not None:
            (self._folder / "event_logic.py").write_text(event_logic)
        importlib.invalidate_caches()
        sys.modules.pop("event_logic", None)
        session = boto3.Session(botocore_session=_botocore_session())
        session.events.register("before-send", self._note)
        self._patch.setattr(boto3, "DEFAULT_SESSION", session)
        handler_module.runtime.cache_clear()
        return self

    def invoke(self, context: Context | None = None, shard: object = None) -> dict[str, Any]:
        """Invoke the handler as the schedule does, for all events or for those of `shard`."""
        event = {"source": "aws.events"} if shard is None else {"shard": shard}
        return handler_module.handler(event, context or Context())

    def results(self) -> Any:
        """Invoke, and return the status of each event."""
        return self.invoke()["results"]

    @property
    def logic(self) -> Any:
        """The event logic, with its `calls` so far and the `answers` it is to give."""
        return importlib.import_module("event_logic")

    def hang(self, seconds: float = 1) -> Callable[[], object]:
        """Return an answer that takes `seconds`, and then hangs until the end of the test."""
        gate: threading.Event = self.logic.gate
        return self.clock.hang(seconds, gate)

    def state(self, event: str = EVENT) -> Mapping[str, Any]:
        """Return what is stored of an event, empty if nothing is."""
        if self.mode == "monolithic":
            records = self.bucket.store().read().records
            return records.get(event, {})
        return self.table.store(event=event).read().records.get(event, {})

    def _note(self, event_name: str, **_: object) -> None:
        self.requests.append(event_name.rpartition(".")[2])


@contextmanager
def process_of(
    mode: str, aws: LocalAws, folder: Path, patch: pytest.MonkeyPatch
) -> Iterator[Process]:
    """A process whose package is in `folder`; afterwards nothing of it is left."""
    patch.syspath_prepend(folder)
    patch.setattr(sys, "dont_write_bytecode", True)
    log = logging.getLogger("diva")
    level, handlers, propagate = log.level, log.handlers, log.propagate
    thresholds = gc.get_threshold()
    try:
        yield Process(mode, aws, folder, patch)
    finally:
        gc.set_threshold(*thresholds)
        log.setLevel(level)
        log.handlers, log.propagate = handlers, propagate
        gate = getattr(sys.modules.pop("event_logic", None), "gate", None)
        if gate:
            gate.set()
