"""The state transitions of the S3 event processor, by which Step Functions bills."""

from __future__ import annotations

from .processor import processor
from .result import Result

BATCH = 10
MESSAGE_LIMIT = 3
BATCH_LIMIT = 5
IDLE_LIMIT = 4


def measure(repeat: int) -> list[Result]:
    """Compare executions with different numbers of messages, all of which are processed."""
    totals: dict[int, list[float]] = {0: [], 1: [], BATCH: [], 2 * BATCH: []}
    with processor(
        stagger_sec=0, sqs_receive_wait_time_seconds=0, step_functions_max_concurrency=BATCH
    ) as processing:
        for _ in range(repeat):
            for messages, several in totals.items():
                several.append(processing.process([0.0] * messages).transitions)
    idle, one, batch, two_batches = (max(several) for several in totals.values())
    message = (batch - one) / (BATCH - 1)
    samples = {f"{messages} messages": several for messages, several in totals.items()}
    return [
        Result("state transitions of a message that is processed", message, MESSAGE_LIMIT, ""),
        Result(
            f"state transitions of a batch of {BATCH}, besides those of its messages",
            two_batches - batch - BATCH * message,
            BATCH_LIMIT,
            "",
            notes=[f"an execution with one message: {one:.0f}, with {BATCH}: {batch:.0f}"],
        ),
        Result(
            "state transitions of an execution that finds no message",
            idle,
            IDLE_LIMIT,
            "",
            samples=samples,
        ),
    ]
