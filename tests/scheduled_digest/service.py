"""Lambda, as far as it matters for a function that is invoked asynchronously."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scheduled_digest import lambda_function

from ..https_server import Clock

ARN = "arn:aws:lambda:us-east-1:123456789012:function:digest"
TIMEOUT_SEC = 300.0
THREADS = 15
"""Of a run with the default settings, each of which may be between an answer and its record."""
RETRY_AFTER_SEC = (60.0, 120.0)
"""How long Lambda waits before it retries an event."""


class Killed(BaseException):
    """The process has ended."""


@dataclass(slots=True)
class Life:
    """How many more steps a process can take, which are its calls of others and their answers."""

    steps: float = float("inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def step(self) -> None:
        """Take a step. Raises Killed at the last one and ever after."""
        with self._lock:
            self.steps -= 1
            if self.steps < 0:
                raise Killed

    def living(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return `call` with a step before and after it."""

        def stepping(*arguments: Any, **named: Any) -> Any:
            self.step()
            try:
                return call(*arguments, **named)
            finally:
                self.step()

        return stepping


@dataclass(frozen=True, slots=True)
class Context:
    """Lambda's context object."""

    clock: Clock
    ends: float
    aws_request_id: str
    function_name: str = "digest"
    invoked_function_arn: str = ARN

    def get_remaining_time_in_millis(self) -> int:
        return int((self.ends - self.clock.monotonic()) * 1000)


@dataclass(frozen=True, slots=True)
class Invocation:
    """An event, and the request that it came with."""

    event: dict[str, Any]
    request_id: str
    attempt: int = 0


@dataclass(slots=True)
class Service:
    """The queue of events, and the function."""

    clock: Clock
    timeout_sec: float = TIMEOUT_SEC
    life: Life = field(default_factory=Life)
    """Of the process that runs next. A later one lives for ever."""
    queue: deque[Invocation] = field(default_factory=deque)
    dead: list[Invocation] = field(default_factory=list)
    """Those whose retries have failed, too."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """All events that the function was invoked with, without those of retries."""
    runs: int = 0
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def send(self, event: dict[str, Any]) -> None:
        """Invoke the function asynchronously."""
        self.events.append(event)
        self.queue.append(Invocation(event, f"request-{next(self._numbers)}"))

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> None:  # noqa: N803
        """Invoke the function as boto3 does."""
        assert (FunctionName, InvocationType) == (ARN, "Event")
        self.send(json.loads(Payload))

    def call(self, event: Any, request_id: str = "request") -> dict[str, float]:
        """Run the function, and return or raise what it does."""
        self.runs += 1
        ends = self.clock.monotonic() + self.timeout_sec
        return lambda_function.lambda_handler(event, Context(self.clock, ends, request_id))

    def work(self) -> None:
        """Run the function for everything in the queue, with Lambda's retries."""
        while self.queue:
            invocation = self.queue.popleft()
            try:
                self.call(invocation.event, invocation.request_id)
            except (Exception, Killed) as error:
                if isinstance(error, Killed):
                    self.restart()
                self._failed(invocation)

    def run(self, event: dict[str, Any]) -> None:
        """Send an event, and do all that follows from it."""
        self.send(event)
        self.work()

    def redrive(self) -> None:
        """Send the events again that have failed for good, until none fails."""
        for _ in range(20):
            events, self.dead = self.dead, []
            if not events:
                return
            for each in events:
                self.queue.append(Invocation(each.event, f"request-{next(self._numbers)}"))
            self.work()
        raise AssertionError("it fails again and again")

    def restart(self) -> None:
        """Start a new process."""
        lambda_function.runtime.cache_clear()
        self.life = Life()

    def _failed(self, invocation: Invocation) -> None:
        if invocation.attempt < len(RETRY_AFTER_SEC):
            self.clock.sleep(RETRY_AFTER_SEC[invocation.attempt])
            again = invocation.attempt + 1
            self.queue.append(Invocation(invocation.event, invocation.request_id, again))
        else:
            self.dead.append(invocation)


class Living:
    """A client whose process may be killed at each of its calls."""

    def __init__(self, client: Any, service: Service) -> None:
        self._client = client
        self._service = service

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return found if name == "exceptions" else self._service.life.living(found)


def silently(service: Service, event: dict[str, Any]) -> None:
    """Run the function, which may fail."""
    with contextlib.suppress(lambda_function.RunFailed):
        service.call(event)
