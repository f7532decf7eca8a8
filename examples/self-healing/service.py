"""The service: writes a heartbeat every few seconds.

Two objects make it fail, to try the example. A task that sees HANG hangs until it is replaced, and
all tasks fail as long as there is BROKEN.
"""

from __future__ import annotations

import os
import time
from datetime import datetime, timezone

import boto3

HANG = "faults/hang"
BROKEN = "faults/broken"
INTERVAL_SEC = 15


class Task:
    """One task of the service."""

    def __init__(self) -> None:
        self._s3 = boto3.client("s3")
        self._bucket = os.environ["BUCKET"]
        self._hangs = False

    def step(self, now: datetime) -> None:
        """Write a heartbeat, unless the task hangs or is broken."""
        found = self._s3.list_objects_v2(Bucket=self._bucket, Prefix="faults/")
        faults = {each["Key"] for each in found.get("Contents", [])}
        if HANG in faults:
            self._s3.delete_object(Bucket=self._bucket, Key=HANG)
            self._hangs = True
        if self._hangs or BROKEN in faults:
            return
        text = now.isoformat(timespec="seconds")
        self._s3.put_object(Bucket=self._bucket, Key=os.environ["HEARTBEAT"], Body=text)


def main() -> None:
    """Run a task until it is stopped."""
    task = Task()
    while True:
        task.step(datetime.now(timezone.utc))
        time.sleep(INTERVAL_SEC)


if __name__ == "__main__":
    main()
