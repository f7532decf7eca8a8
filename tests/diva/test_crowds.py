"""Many functions that write the same state at the same moment: each of them gets through."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from diva.report import log_corrupt_state
from diva.stores import Folded, Snapshot, Store, commit
from diva.stores.dynamodb import DynamoDBStore
from diva.stores.s3 import S3Store
from tests.processes import PATIENCE_SEC

from .clocks import CrowdClock

FUNCTIONS = 40
EVENT = "orders"
SAVING_SEC = 12.0
"""What a function with the default timeout of 60 s keeps for saving."""


class Service:
    """S3 and DynamoDB as far as stores call them. Calls take time, as `clock` measures it."""

    def __init__(self, clock: CrowdClock, fastest_sec: float, slowest_sec: float) -> None:
        self._clock = clock
        self._latency = fastest_sec, slowest_sec
        self._random = random.Random(clock.monotonic())  # the same in every run of the test
        self._body = b"{}"
        self._item: dict[str, Any] = {}
        self.version = 0
        self.writes = 0

    def get_object(self, **_: Any) -> dict[str, Any]:
        with self._on_the_way():
            return {"ETag": str(self.version), "Metadata": {}, "Body": io.BytesIO(self._body)}

    def put_object(self, *, Body: bytes, IfMatch: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        with self._on_the_way():
            self._write(IfMatch == str(self.version), "PreconditionFailed", 412)
            self._body = Body
        return {"ETag": str(self.version)}

    def get_item(self, *, Key: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        with self._on_the_way():
            return {"ConsumedCapacity": {}, "Item": {**Key, **self._item}}

    def update_item(self, **call: Any) -> dict[str, Any]:
        names, values = call["ExpressionAttributeNames"], call["ExpressionAttributeValues"]
        with self._on_the_way():
            as_read = values.get(":version") == self._item.get("version")
            self._write(as_read, "ConditionalCheckFailedException", 400)
            for number, name in enumerate(names.values()):
                self._item[name] = values[f":{number}"]
        return {}

    def _write(self, as_read: bool, code: str, status: int) -> None:
        self.writes += 1
        if not as_read:
            metadata = {"HTTPStatusCode": status, "RetryAttempts": 0}
            error: Any = {"Error": {"Code": code}, "ResponseMetadata": metadata}
            raise ClientError(error, "write")
        self.version += 1

    @contextmanager
    def _on_the_way(self) -> Iterator[None]:
        """Do the block in the middle of a call's time, which is the only thing done then."""
        seconds = self._random.uniform(*self._latency)
        self._clock.sleep(seconds / 2)
        yield  # only one thread is awake
        self._clock.sleep(seconds / 2)


def in_s3(service: Any) -> Store:
    return S3Store(service, "bucket", "state.json", log_corrupt_state)


def in_dynamodb(service: Any) -> Store:
    return DynamoDBStore(service, "table", EVENT)


def one_more(snapshot: Snapshot) -> Folded[None]:
    count = snapshot.records.get(EVENT, {}).get("detection_failures", 0)
    assert isinstance(count, int)
    return Folded({EVENT: {"detection_failures": count + 1}}, None)


@pytest.mark.parametrize(
    ("make_store", "fastest_sec", "slowest_sec"),
    [(in_s3, 0.02, 0.04), (in_dynamodb, 0.005, 0.01)],
    ids=["s3", "dynamodb"],
)
def test_functions_that_start_at_one_instant_all_save_in_time(
    make_store: Callable[[Any], Store], fastest_sec: float, slowest_sec: float
) -> None:
    clock = CrowdClock(FUNCTIONS)
    service = Service(clock, fastest_sec, slowest_sec)

    def save(_: int) -> None:
        store = make_store(service)
        try:
            commit(store, store.read(), one_more, clock, SAVING_SEC)
        finally:
            clock.leave()

    with ThreadPoolExecutor(FUNCTIONS) as pool:
        list(pool.map(save, range(FUNCTIONS), timeout=PATIENCE_SEC))
    assert service.version == FUNCTIONS
    assert service.writes < 10 * FUNCTIONS
