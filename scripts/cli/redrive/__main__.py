"""`redrive`: replay the messages of a dead-letter queue."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Sequence
from contextlib import closing

from ..common.arguments import ArgumentParser, whole_number
from ..common.exit_status import exit_with, run_command
from ..common.interrupts import interrupt_on
from ..common.output import Output
from ..common.stderr import print_stderr
from ..common.text import counted
from .queues import Queue, RedriveError, find
from .replay import Replay

_DESCRIPTION = """\
Replay the messages of a dead-letter queue: send each message to another queue, with the same body
and attributes, and delete it once it is sent. Messages that arrive meanwhile are left, so that
what fails again is not replayed again.
"""
_EPILOG = """\
examples:
  scripts/redrive uploads-function-dlq uploads --dry-run
  scripts/redrive uploads-function-dlq uploads --max 1      # try one first
  scripts/redrive uploads-function-dlq uploads
  scripts/redrive arn:aws:sqs:eu-central-1:123456789012:uploads-dlq uploads

No message is ever lost. If the command is killed between sending and deleting, up to ten
messages are in both queues, and a second run sends them twice. They cannot be received for up to
42 minutes. If a response of SQS to sending is lost, the command sends up to ten messages again.

exit status:
  0 if all messages were replayed, 1 otherwise, 130 if interrupted

Uses your AWS credentials. Required permissions: sqs:GetQueueUrl and sqs:GetQueueAttributes on both
queues; sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility on FROM;
sqs:SendMessage on TO; for encrypted queues, kms:Decrypt and kms:GenerateDataKey.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Replay messages and return the exit status."""
    given = _parse(argv)
    return run_command(
        "redrive",
        lambda: _run(given, Output()),
        (RedriveError,),
        "Interrupted. Messages that were not sent are still in the queue.",
    )


def _run(given: argparse.Namespace, output: Output) -> int:
    source, target = find(given.source), find(given.target)
    if source.arn == target.arn:
        raise RedriveError(f"FROM and TO must be two queues, but both are {source.name}")
    total = min(source.count, given.max or source.count)
    if given.dry_run:
        output.line(
            f"Would send about {counted(total, 'message')} from {source.name} to {target.name}."
        )
        return 0
    return _replay(source, target, given.max, total, output)


def _replay(source: Queue, target: Queue, limit: int | None, total: int, output: Output) -> int:
    replay = Replay(source, target, limit)
    try:
        with (
            output.busy(lambda: f"{replay.sent} of about {total} sent ..."),
            closing(replay.batches()) as batches,
        ):
            for _ in batches:
                if not output.is_terminal:
                    output.line(f"{replay.sent} of about {total} sent")
    finally:
        output.line(f"Sent {counted(replay.sent, 'message')} from {source.name} to {target.name}.")
        if replay.later:
            output.line(f"Left {counted(replay.later, 'message')} that arrived meanwhile.")
        for problem in replay.problems:
            print_stderr(f"redrive: {problem}")
    return 1 if replay.problems else 0


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(prog="redrive", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument(
        "source", metavar="FROM", help="queue with the messages: its name, URL or ARN"
    )
    parser.add_argument("target", metavar="TO", help="queue to send them to: its name, URL or ARN")
    parser.add_argument(
        "--max", type=whole_number(), metavar="N", help="largest number of messages to replay"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="only print how many messages would be replayed; receive none",
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    interrupt_on(signal.SIGINT, signal.SIGTERM)
    exit_with(main())
