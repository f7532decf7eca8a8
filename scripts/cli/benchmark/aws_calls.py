"""The calls to AWS in a healthy period."""

from __future__ import annotations

from .harness import Harness, harness
from .result import Result

EVENTS = 100


def measure(repeat: int) -> list[Result]:
    with harness() as lambdas:
        in_s3 = _healthy_periods(lambdas, "monolithic", repeat)
        in_dynamodb = _healthy_periods(lambdas, "distributed", repeat)
    reads = [in_s3.pop("GetObject", 0), in_dynamodb.pop("GetItem", 0)]
    others = in_s3 | in_dynamodb
    what = f"calls to AWS in a healthy period of {EVENTS} events"
    return [
        Result(f"{what}: GetObject", reads[0] / repeat, 1, "", is_exact=True),
        Result(f"{what}: GetItem", reads[1] / repeat, EVENTS, "", is_exact=True),
        Result(
            f"{what}: all others, such as writes",
            sum(others.values()) / repeat,
            0,
            "",
            is_exact=True,
            notes=[f"{count} × {operation}" for operation, count in others.items()],
        ),
    ]


def _healthy_periods(lambdas: Harness, mode: str, repeat: int) -> dict[str, int]:
    """Return the calls of `repeat` periods after the first, in which the events are new."""
    function = lambdas.function("warm.periods", mode=mode, events=EVENTS)
    lambdas.invoke(function, repeat=1)
    lambdas.calls()
    lambdas.invoke(function, repeat=repeat)
    return dict(lambdas.calls())
