"""Functions that write the same state at the same moment, and the writes that they take."""

from __future__ import annotations

from .harness import harness
from .result import Result

FUNCTIONS = 40
WRITES_LIMIT = 8
"""For each function. Without a pause, each of them would on average write 20 times."""


def measure(repeat: int) -> list[Result]:
    return [
        *_crowd("S3 object", "monolithic", "PutObject", 0.03, repeat),
        *_crowd("DynamoDB item", "distributed", "UpdateItem", 0.0075, repeat),
    ]


def _crowd(state: str, mode: str, write: str, call_sec: float, repeat: int) -> list[Result]:
    failed = 0
    samples: dict[str, list[float]] = {}
    with harness(call_sec) as lambdas:
        function = lambdas.function("crowd.periods", mode=mode, log_level="CRITICAL")
        for number in range(repeat):
            crowd = lambdas.invoke(function, functions=FUNCTIONS)
            failed += FUNCTIONS - len(set(crowd["counts"]))
            samples[str(number + 1)] = crowd["seconds"]
        writes = lambdas.calls()[write]
    slowest = max(max(seconds, default=0.0) for seconds in samples.values())
    what = f"{FUNCTIONS} functions that write one {state} at one moment"
    return [
        Result(f"{what}: failed", failed, 0, "", is_exact=True),
        Result(
            f"{what}: writes per function",
            writes / FUNCTIONS / repeat,
            WRITES_LIMIT,
            "",
            notes=[f"{call_sec * 1e3:g} ms per call; the slowest function took {slowest:.1f} s"],
            samples=samples,
        ),
    ]
