"""A handler that takes as long as its messages say, and logs when it ran."""

from __future__ import annotations

import json
import time
from typing import Any


def run(event: dict[str, Any], context: object) -> None:
    """Sleep for the seconds in the body of each record, and log the time before and after."""
    for record in event["Records"]:
        began = time.time()
        time.sleep(float(record["body"]))
        print(json.dumps({"began": began, "ended": time.time()}))
