"""Processes objects in the way that their keys ask for: `<prefix>/<way>/<anything>`."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Mapping
from typing import Any

LARGE = 300_000
"""More characters than Step Functions accepts as the result of a task."""


def lambda_handler(event: dict[str, Any], context: object) -> object:
    [record] = event["Records"]
    key = json.loads(record["body"])["detail"]["object"]["key"]
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    print(json.dumps({"action": "attempt", "key": key, "receives": receives}))
    way = key.split("/")[1]
    if way == "shown":
        print(json.dumps({"action": "record", "record": record}))
    result = None if "REPAIRED" in os.environ else _WAYS[way](key, receives)
    if not (isinstance(result, dict) and result["batchItemFailures"]):
        print(json.dumps({"action": "process_complete", "key": key}))
    return result


def _nothing(key: str, receives: int) -> None:
    pass


def _raise(key: str, receives: int) -> None:
    raise ValueError(f"{key} is no image")


def _raise_much(key: str, receives: int) -> None:
    raise ValueError("x" * LARGE)


def _exit(key: str, receives: int) -> None:
    os._exit(1)


def _hang(key: str, receives: int) -> None:
    time.sleep(3600)


def _answer_much(key: str, receives: int) -> str:
    return "x" * LARGE


def _report(key: str, receives: int) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": key}]}


def _report_once(key: str, receives: int) -> dict[str, Any]:
    return _report(key, receives) if receives == 1 else {"batchItemFailures": []}


def _raise_once(key: str, receives: int) -> None:
    if receives == 1:
        raise ConnectionError("the database does not answer")


def _raise_at_random(key: str, receives: int) -> None:
    if random.random() < 0.1:
        raise ConnectionError("the database does not answer")


_WAYS: Mapping[str, Callable[[str, int], object]] = {
    "good": _nothing,
    "shown": _nothing,
    "poison": _raise,
    "poison-much": _raise_much,
    "poison-exit": _exit,
    "poison-hang": _hang,
    "poison-reported": _report,
    "large": _answer_much,
    "reported-once": _report_once,
    "once": _raise_once,
    "random": _raise_at_random,
}
