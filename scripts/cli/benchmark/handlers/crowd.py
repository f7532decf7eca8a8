"""A handler in which many functions run a period at the same moment, on the same state."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from time import perf_counter
from typing import Any

from diva.handler import Runtime, runtime
from diva.period import Invocation
from diva.stores import StoreError

EVENTS = {
    "orders": {
        "detect": lambda event_name: False,
        "role": "detect",
        "max_failed_detections": 1_000_000,
    }
}
"""An event that fails, so that each period writes a new count."""


def periods(event: dict[str, int], context: Any) -> dict[str, list[float]]:
    """Run a period in each of `functions` functions.

    Returns the seconds of each period that did not fail, and the count that it has written: two
    functions with the same count have overwritten each other.
    """
    functions = event["functions"]
    remaining_sec = context.get_remaining_time_in_millis() / 1000
    together = threading.Barrier(functions)
    results: dict[str, list[float]] = {"seconds": [], "counts": []}

    def run(number: int, function: Runtime) -> None:
        policies = function.reader.read(EVENTS)
        invocation = Invocation(f"run-{number}", f"function-{number}", remaining_sec)
        together.wait()
        begun = perf_counter()
        with suppress(StoreError):
            for each in function.run_period(policies, invocation).runs.values():
                results["counts"].append(each.after.detection_failures)
                results["seconds"].append(perf_counter() - begun)

    # Each function has a runtime of its own, as if it had a process.
    every = [runtime.__wrapped__() for _ in range(functions)]
    with ThreadPoolExecutor(functions) as pool:
        for done in [pool.submit(run, *each) for each in enumerate(every)]:
            done.result()
    return results
