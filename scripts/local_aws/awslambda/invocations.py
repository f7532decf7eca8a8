"""Invocations as Lambda handles them: reserved concurrency, retries, dead letters and metrics."""

import json
import threading
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.exceptions import JsonRESTError

from local_aws.awslambda.destinations import (
    Outcome,
    send_to_dead_letter_queue,
    send_to_destination,
)
from local_aws.awslambda.executor import Executor, Result
from local_aws.awslambda.function import Function
from local_aws.awslambda.permissions import KmsAccessDenied, may_send
from local_aws.iam.authorization import Authorization
from local_aws.request_lock import request_lock

_THROTTLED = {"errorMessage": "Rate Exceeded.", "errorType": "TooManyRequestsException"}


class Throttled(JsonRESTError):
    """The reserved concurrency of the function is used up."""

    code = 429

    def __init__(self) -> None:
        super().__init__(_THROTTLED["errorType"], _THROTTLED["errorMessage"])
        error = json.loads(self.description)
        error["Reason"] = "ReservedFunctionConcurrentInvocationLimitExceeded"
        self.description = json.dumps({**error, "Type": "User"})


@dataclass(frozen=True, slots=True)
class InvokeRequest:
    """An event (JSON text) for a function, and the configuration that applies to it.

    `qualifier` is the alias or version that is invoked, None for the function itself.
    `reserved_concurrency` is None for a function without. `retries`, `dead_letter_arn`,
    `on_failure_arn` and `on_success_arn` apply to asynchronous invocations.
    """

    function: Function
    event: str
    qualifier: str | None
    reserved_concurrency: int | None
    retries: int
    dead_letter_arn: str | None
    on_failure_arn: str | None
    on_success_arn: str | None


class Invoker:
    """Invokes functions. Its methods are called with the request lock held."""

    def __init__(self, executor: Executor, authorization: Authorization) -> None:
        self.executor = executor
        self._authorization = authorization
        self._finished = threading.Condition()
        self._running: Counter[str] = Counter()

    def invoke(self, request: InvokeRequest) -> Result:
        """Run the function once. Raises `Throttled`."""
        with self._reserved_concurrency(request, wait=False):
            return self._run(request, str(uuid.uuid4()))

    def invoke_async(self, request: InvokeRequest) -> Result | None:
        """Run the function until it succeeds or is not retried, and return the last result.

        Retries follow at once. The result is None for a function whose reserved concurrency is 0.
        """
        request_id = str(uuid.uuid4())
        if request.reserved_concurrency == 0:
            _count(request, {"Throttles": 1})
            outcome = Outcome(request_id, request.event, "ZeroReservedConcurrency", 0, _THROTTLED)
            self._give_up(request, outcome)
            return None
        result, attempts = None, 0
        while result is None or (result.function_error and attempts <= request.retries):
            with self._reserved_concurrency(request, wait=True):
                result = self._attempt(request, request_id)
            attempts += 1
        condition = "RetriesExhausted" if result.function_error else "Success"
        payload, error = json.loads(result.payload), result.function_error
        outcome = Outcome(request_id, request.event, condition, attempts, payload, error)
        if error:
            self._give_up(request, outcome)
        else:
            self._send_to_destination(request, request.on_success_arn, outcome)
        return result

    def _attempt(self, request: InvokeRequest, request_id: str) -> Result:
        try:
            return self._run(request, request_id)
        except KmsAccessDenied as denied:
            # Nobody waits for an asynchronous invocation, so that it fails like the function.
            error = {"errorType": denied.error_type, "errorMessage": denied.message}
            return Result(json.dumps(error), "Unhandled", "", 0.0)

    def _run(self, request: InvokeRequest, request_id: str) -> Result:
        began = datetime.now(timezone.utc)
        with request_lock.released():
            result = self.executor.invoke(request.function, request.event, request_id)
        errors = 1 if result.function_error else 0
        _count(request, {"Invocations": 1, "Errors": errors, "Throttles": 0}, began)
        _put_metrics(request, {"Duration": result.duration_ms}, "Milliseconds", began)
        return result

    def _give_up(self, request: InvokeRequest, outcome: Outcome) -> None:
        arn = request.dead_letter_arn
        if arn and not (
            may_send(self._authorization, request.function, arn)
            and send_to_dead_letter_queue(arn, outcome)
        ):
            _count(request, {"DeadLetterErrors": 1})
        self._send_to_destination(request, request.on_failure_arn, outcome)

    def _send_to_destination(
        self, request: InvokeRequest, arn: str | None, outcome: Outcome
    ) -> None:
        function = request.function
        if arn and not (
            may_send(self._authorization, function, arn)
            and send_to_destination(arn, function, request.qualifier, outcome)
        ):
            _count(request, {"DestinationDeliveryFailures": 1})

    @contextmanager
    def _reserved_concurrency(self, request: InvokeRequest, wait: bool) -> Iterator[None]:
        """Count a run against the reserved concurrency of its function.

        If that is used up, wait for another run to finish, or raise `Throttled`.
        """
        name, limit = request.function.name, request.reserved_concurrency
        if limit is not None and self._running[name] >= limit:
            _count(request, {"Throttles": 1})
            if not wait:
                raise Throttled
            while self._running[name] >= limit:
                with request_lock.released(), self._finished:
                    self._finished.wait_for(lambda: self._running[name] < limit)
        self._running[name] += 1
        try:
            yield
        finally:
            self._running[name] -= 1
            with self._finished:
                self._finished.notify_all()


def _count(request: InvokeRequest, values: Mapping[str, float], at: datetime | None = None) -> None:
    _put_metrics(request, values, "Count", at or datetime.now(timezone.utc))


def _put_metrics(
    request: InvokeRequest, values: Mapping[str, float], unit: str, at: datetime
) -> None:
    """Put metrics of Lambda for the function, and for the alias or version that is invoked."""
    function = request.function
    dimensions = [{"Name": "FunctionName", "Value": function.name}]
    sets = [dimensions]
    if request.qualifier:
        resource = f"{function.name}:{request.qualifier}"
        sets.append([*dimensions, {"Name": "Resource", "Value": resource}])
    data: list[dict[str, Any]] = [
        {
            "MetricName": name,
            "Dimensions": each,
            "Timestamp": at.replace(tzinfo=None),
            "Value": value,
            "Unit": unit,
        }
        for each in sets
        for name, value in values.items()
    ]
    account_id = function.arn.split(":")[4]
    cloudwatch_backends[account_id][function.region].put_metric_data("AWS/Lambda", data)
