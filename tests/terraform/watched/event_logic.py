"""Events that fail while the bucket contains an object with their name.

`slow` and `unreachable` exist only while the bucket contains an object with their name.
"""

from __future__ import annotations

import os
import time

import boto3

BUCKET = os.environ["SWITCHES"]

s3 = boto3.client("s3")


def get_events() -> dict[str, dict[str, object]]:
    options = {"detect": healthy, "inject": healthy, "max_failed_detections": 1}
    misspelt = {"detcet": healthy} if "misspelt" in switches() else {}
    further: dict[str, dict[str, object]] = {
        "slow": {"role": "detect", "detect": waiting},
        "unreachable": {**options, "role": "detect", "alert": unreachable},
    }
    on = {name: event for name, event in further.items() if name in switches()}
    return {**on, "checkout": {**options, **misspelt}, "invoices": options}


def healthy(name: str) -> bool:
    return name not in switches()


def waiting(name: str) -> bool:
    while not healthy(name):
        time.sleep(0.1)
    return True


def unreachable(message: str) -> None:
    raise ConnectionError("the pager is down")


def switches() -> set[str]:
    return {each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])}
