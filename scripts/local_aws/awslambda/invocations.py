"""Invocations as Lambda handles them: limits, metrics, retries and dead letters."""

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

from local_aws.awslambda import dead_letters
from local_aws.awslambda.executor import Executor, Result
from local_aws.awslambda.function import Function
from local_aws.iam.authorization import Permissions
from local_aws.request_lock import request_lock

_THROTTLED = {"errorMessage": "Rate Exceeded.", "errorType": "TooManyRequestsException"}


class Throttled(JsonRESTError):
    """As many invocations of the function are under way as are reserved for it."""

    code = 429

    def __init__(self) -> None:
        super().__init__(_THROTTLED["errorType"], _THROTTLED["errorMessage"])
        told = json.loads(self.description)
        told["Reason"] = "ReservedFunctionConcurrentInvocationLimitExceeded"
        self.description = json.dumps({**told, "Type": "User"})


@dataclass(frozen=True, slots=True)
class Call:
    """An event (JSON text) for a function, and what is configured for calls like this.

    `qualifier` is the alias or version that was called, None for the function as it is.
    `reserved` is the number of invocations that may be under way at a time, None for any.
    An asynchronous call is tried again `retries` times, and is then told to `dead_letter_arn`
    and `on_failure_arn`, where they are not None.
    """

    function: Function
    event: str
    qualifier: str | None
    reserved: int | None
    retries: int
    dead_letter_arn: str | None
    on_failure_arn: str | None


class Invoker:
    """Has functions run by an executor, and keeps count; called with the request lock held."""

    def __init__(self, executor: Executor, permissions: Permissions) -> None:
        self.executor = executor
        self._permissions = permissions
        self._freed = threading.Condition()
        self._under_way: Counter[str] = Counter()

    def answer(self, call: Call) -> Result:
        """Run the function once. Raises `Throttled`."""
        with self._slot(call, wait=False):
            return self._run(call, str(uuid.uuid4()))

    def deliver(self, call: Call) -> Result | None:
        """Run the function until it succeeds or no attempt is left; return the last result.

        The attempts follow each other at once. None where the function may not run at all.
        """
        request_id = str(uuid.uuid4())
        if call.reserved == 0:
            _count(call, {"Throttles": 1})
            failure = dead_letters.Failure(request_id, "ZeroReservedConcurrency", 0, _THROTTLED)
            self._tell(call, failure)
            return None
        attempts = call.retries + 1
        for _ in range(attempts):
            with self._slot(call, wait=True):
                result = self._run(call, request_id)
            if not result.function_error:
                return result
        payload = json.loads(result.payload)
        self._tell(call, dead_letters.Failure(request_id, "RetriesExhausted", attempts, payload))
        return result

    def _run(self, call: Call, request_id: str) -> Result:
        began = datetime.now(timezone.utc)
        with request_lock.released():
            result = self.executor.invoke(call.function, call.event, request_id)
        errors = 1 if result.function_error else 0
        _count(call, {"Invocations": 1, "Errors": errors, "Throttles": 0}, began)
        _put(call, {"Duration": result.duration_ms}, "Milliseconds", began)
        return result

    def _tell(self, call: Call, failure: dead_letters.Failure) -> None:
        function = call.function
        told = [
            (call.dead_letter_arn, dead_letters.letter(call.event, failure), "DeadLetterErrors"),
            (
                call.on_failure_arn,
                dead_letters.record(function, call.event, call.qualifier, failure),
                "DestinationDeliveryFailures",
            ),
        ]
        for arn, message, metric in told:
            if arn and not (
                self._permissions.may_send(function, arn) and dead_letters.send(arn, message)
            ):
                _count(call, {metric: 1})

    @contextmanager
    def _slot(self, call: Call, wait: bool) -> Iterator[None]:
        """Hold one of the reserved executions; if none is free, `wait` for one or be throttled."""
        function, limit = call.function.name, call.reserved
        if limit is not None and self._under_way[function] >= limit:
            _count(call, {"Throttles": 1})
            if not wait:
                raise Throttled
            while self._under_way[function] >= limit:
                with request_lock.released(), self._freed:
                    self._freed.wait_for(lambda: self._under_way[function] < limit)
        self._under_way[function] += 1
        try:
            yield
        finally:
            self._under_way[function] -= 1
            with self._freed:
                self._freed.notify_all()


def _count(call: Call, values: Mapping[str, float], at: datetime | None = None) -> None:
    _put(call, values, "Count", at or datetime.now(timezone.utc))


def _put(call: Call, values: Mapping[str, float], unit: str, at: datetime) -> None:
    """Put what Lambda itself puts: for the function, and for the alias or version called."""
    function = call.function
    dimensions = [{"Name": "FunctionName", "Value": function.name}]
    sets = [dimensions]
    if call.qualifier:
        resource = f"{function.name}:{call.qualifier}"
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
