"""The arguments of `diva`, and its help."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from diva.settings import LOG_LEVELS

from ..common import lambda_timeout
from ..common.arguments import ArgumentParser, whole_number
from ..common.state_location import DynamoDBLocation, S3Location, StateLocation
from .file_location import FileLocation

LONGEST_PAUSE_SEC = 86_400

_SOURCES = "--state FILE, --bucket BUCKET with --key KEY, or --table TABLE"

_EXAMPLES = """\
examples:
  scripts/diva validate event_logic.py
  scripts/diva run event_logic.py --dry-run
  scripts/diva run event_logic.py --state state.json --every 30
  scripts/diva status --bucket my-bucket --key diva/my-function/state.json
  scripts/diva reset checkout --table my-function-state
"""
_VALIDATE = """\
Import FILE as Lambda would, and check every event that its get_events() returns. All problems
are listed at once. No callback is called.
"""
_VALIDATE_EXAMPLES = """\
examples:
  scripts/diva validate event_logic.py
  PYTHONPATH=build/packages scripts/diva validate event_logic.py   # packages that it imports

exit status: 0 if every event is valid, 1 if there are problems
"""
_RUN = """\
Run periods of the events in FILE as Lambda would: detect, inject, verify, alert. The callbacks
are really called, unless it is a dry run. Each period becomes a row as it ends; what events
print and what is logged stands between. In a pipe there is a line per event instead.
"""
_RUN_EXAMPLES = """\
examples:
  scripts/diva run event_logic.py --dry-run            # what would happen now
  scripts/diva run event_logic.py --periods 5          # five periods, without a pause
  scripts/diva run event_logic.py --state state.json --every 30
                                                       # until Ctrl-C; a next run goes on from it
  scripts/diva run event_logic.py --log-level info     # with the lines of the function's log

exit status: 0 if the periods ran, whatever they found; 1 if an event is invalid, or a period
failed as a whole; 130 after Ctrl-C
"""
_STATUS = """\
Show what is stored of each event: whether it is healthy, its counters, its alert, its last error.
"""
_STATUS_EXAMPLES = """\
examples:
  scripts/diva status --state state.json
  scripts/diva status --bucket my-bucket --key diva/my-function/state.json
  scripts/diva status --table my-function-state --json

AWS is asked with your own credentials, which need s3:GetObject or dynamodb:Scan.
"""
_RESET = """\
Set the state of events to defaults: no failures, not alerted, not in warmup. A deployed function
may run meanwhile; what it writes at the same time is not lost.
"""
_RESET_EXAMPLES = """\
examples:
  scripts/diva reset checkout --state state.json
  scripts/diva reset checkout login --bucket my-bucket --key diva/my-function/state.json
  scripts/diva reset checkout --table my-function-state

An unknown event is an error, and nothing is reset then. AWS is asked with your own credentials,
which need s3:GetObject and s3:PutObject, or dynamodb:Scan, GetItem and UpdateItem.
"""


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments, with the chosen command's name as `command`; exit on wrong usage."""
    parser, commands = _parser()
    given = parser.parse_args(argv)
    if given.command in ("status", "reset"):
        _check_source(given, commands[given.command])
    return given


def location(given: argparse.Namespace) -> StateLocation:
    """Return where the state is that `status` and `reset` are told of."""
    if given.state is not None:
        return FileLocation(given.state)
    if given.table is not None:
        return DynamoDBLocation(given.table)
    return S3Location(given.bucket, given.key)


def _check_source(given: argparse.Namespace, command: argparse.ArgumentParser) -> None:
    in_s3 = given.bucket is not None or given.key is not None
    if [given.state is not None, in_s3, given.table is not None].count(True) != 1:
        command.error(f"give exactly one of {_SOURCES}")
    if in_s3 and not (given.bucket and given.key):
        missing = "--key" if given.bucket else "--bucket"
        command.error(f"{missing} is missing: --bucket and --key go together")


def _parser() -> tuple[ArgumentParser, Mapping[str, ArgumentParser]]:
    top = ArgumentParser(
        prog="diva",
        description="Try event logic on this machine, and see what a deployed DIVA remembers.",
        epilog=_EXAMPLES,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help: str, description: str, epilog: str) -> ArgumentParser:
        return commands.add_parser(name, help=help, description=description, epilog=epilog)

    validate = command("validate", "check the events in a file", _VALIDATE, _VALIDATE_EXAMPLES)
    _add_file(validate)
    run = command("run", "run periods on this machine, without AWS", _RUN, _RUN_EXAMPLES)
    _add_file(run)
    _add_run_options(run)
    show = command("status", "show what is stored of each event", _STATUS, _STATUS_EXAMPLES)
    _add_sources(show)
    show.add_argument("--json", action="store_true", help="print the records as one JSON object")
    reset = command("reset", "set the state of events to defaults", _RESET, _RESET_EXAMPLES)
    reset.add_argument("events", nargs="+", metavar="EVENT", help="the name of an event")
    _add_sources(reset)
    return top, commands.choices


def _add_file(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", type=Path, metavar="FILE", help="a Python file with a function get_events()"
    )


def _add_run_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="JSON file to keep the state in (default: in memory, until the command ends)",
    )
    command.add_argument(
        "--periods",
        type=whole_number(),
        metavar="N",
        help="how many periods to run (default: 1, or with --every until Ctrl-C)",
    )
    command.add_argument(
        "--every",
        type=_number(LONGEST_PAUSE_SEC),
        metavar="SEC",
        help="seconds from the start of one period to that of the next (default: no pause)",
    )
    command.add_argument(
        "--timeout",
        type=_number(lambda_timeout.LONGEST_SEC),
        default=lambda_timeout.DEFAULT_SEC,
        metavar="SEC",
        help="the function's timeout, which a period has to end in (default: %(default)s)",
    )
    command.add_argument(
        "--dry-run",
        action="store_true",
        help="detect only, and say what would be injected and sent; no state is written",
    )
    command.add_argument(
        "--log-level",
        type=str.upper,
        choices=LOG_LEVELS,
        default="WARNING",
        metavar="LEVEL",
        help=f"the least level that is logged to standard error: {', '.join(LOG_LEVELS)} "
        "(default: %(default)s)",
    )


def _add_sources(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("where the state is, exactly one of")
    group.add_argument("--state", type=Path, metavar="FILE", help="a file that `run` has made")
    group.add_argument("--bucket", help="an S3 bucket (mode monolithic), with --key")
    group.add_argument("--key", help="the object's key, such as diva/my-function/state.json")
    group.add_argument("--table", help="a DynamoDB table (mode distributed)")


def _number(largest: int) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not 0 < number <= largest:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a number of seconds above 0 and up to {largest}"
            )
        return number

    return read
