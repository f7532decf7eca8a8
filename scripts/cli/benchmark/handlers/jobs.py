"""A handler that takes as long as its messages say, and logs when it ran."""

from __future__ import annotations

import json
import time
from typing import Any


def run(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Sleep for the seconds in the body of each record, and log the time before and after.

    A record with a negative number is reported as failed.
    """
    failures = []
    for record in event["Records"]:
        began = time.time()
        seconds = float(record["body"])
        if seconds < 0:
            failures.append({"itemIdentifier": record["messageId"]})
            continue
        time.sleep(seconds)
        print(json.dumps({"began": began, "ended": time.time()}))
    return {"batchItemFailures": failures}
