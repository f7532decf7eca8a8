"""The arguments and the help of `diva`."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from diva.settings import LOG_LEVELS

from ..common import lambda_timeout
from ..common.arguments import ArgumentParser, output_file, whole_number
from ..common.state_location import DynamoDBLocation, S3Location, StateLocation
from .file_location import FileLocation

LONGEST_PAUSE_SEC = 86_400

_SOURCES = "--state FILE, --bucket BUCKET and --key KEY, or --table TABLE"

_EXAMPLES = """\
examples:
  scripts/diva new ../shop-diva
  scripts/diva validate event_logic.py
  scripts/diva run event_logic.py --dry-run
  scripts/diva run event_logic.py --state state.json --every 30
  scripts/diva status --bucket my-bucket --key diva/my-function/state.json
  scripts/diva history checkout --table my-function-state
  scripts/diva report --table my-function-state
  scripts/diva reset checkout --table my-function-state
"""
_VALIDATE = """\
Import FILE as Lambda would and check every event that get_events() returns. Lists all problems
at once. Calls no callbacks.
"""
_VALIDATE_EXAMPLES = """\
examples:
  scripts/diva validate event_logic.py
  PYTHONPATH=build/packages scripts/diva validate event_logic.py   # with its dependencies

exit status:
  0 if all events are valid, 1 otherwise
"""
_POLICY = """\
Print the IAM policy that the callbacks of diva.kit in FILE need, in addition to the module's
lambda_policy_json. Callbacks of your own are named on standard error: add what they need. Resources
that are encrypted with KMS keys of your own need more: see the table of the kit in README.md.
"""
_POLICY_EXAMPLES = """\
examples:
  scripts/diva policy event_logic.py
  ALERT_TOPIC_ARN=arn:aws:sns:eu-central-1:123456789012:alerts scripts/diva policy event_logic.py
  AWS_REGION=eu-central-1 scripts/diva policy event_logic.py   # narrows what is known by name

exit status:
  0 if all events are valid, 1 otherwise
"""
_NEW = """\
Write a first event_logic.py and main.tf into FOLDER, which is created if it does not exist. They
apply as they are. Existing files are never overwritten.
"""
_NEW_EXAMPLES = """\
examples:
  scripts/diva new ../shop-diva

exit status:
  0 if both files were written, 1 otherwise
"""
_RUN = """\
Run periods of the events in FILE as Lambda would: detect, inject, verify, alert. Calls the
callbacks, except in a dry run. Prints a row for each period as it ends, between the output of
the callbacks and the log. In a pipe, prints a line for each event instead.
"""
_RUN_EXAMPLES = """\
examples:
  scripts/diva run event_logic.py --dry-run            # what a run would do now
  scripts/diva run event_logic.py --periods 5          # five periods without a pause
  scripts/diva run event_logic.py --state state.json --every 30
                                                       # until Ctrl-C; later runs continue from FILE
  scripts/diva run event_logic.py --log-level info     # with the function's log

exit status:
  0 if all periods ran, whatever their results; 1 if an event is invalid or a period failed as a
  whole; 130 if interrupted
"""
_STATUS = """\
Show the stored state of each event: health, failures, alert, and last error.
"""
_STATUS_EXAMPLES = """\
examples:
  scripts/diva status --state state.json
  scripts/diva status --bucket my-bucket --key diva/my-function/state.json
  scripts/diva status --table my-function-state --json

Uses your AWS credentials. Required permissions: s3:GetObject, or dynamodb:Scan.
"""
_HISTORY = """\
Show the latest 20 incidents of an event, newest first: from when to when it failed, when somebody
was alerted, the injections, and, for the latest five, the last error.
"""
_HISTORY_EXAMPLES = """\
examples:
  scripts/diva history checkout --state state.json
  scripts/diva history checkout --bucket my-bucket --key diva/my-function/state.json
  scripts/diva history checkout --table my-function-state

Uses your AWS credentials. Required permissions: s3:GetObject, or dynamodb:Scan.
"""
_REPORT = """\
Write a page about the events: their state now, worst first, their last 90 days with all recorded
incidents, availability, mean time to recover, and last error. The page is a single HTML file.
"""
_REPORT_EXAMPLES = """\
examples:
  scripts/diva report --state state.json
  scripts/diva report --bucket my-bucket --key diva/my-function/state.json --output review.html
  scripts/diva report --table my-function-state --event-logic event_logic.py

exit status:
  0 if the page was written, also about events whose options are invalid; 1 otherwise

Uses your AWS credentials. Required permissions: s3:GetObject, or dynamodb:Scan.
"""
_RESET = """\
Reset events to their default state: no failures, no alert, no warmup. Their incidents are kept, and
an open one ends. A deployed function may run at the same time: the state that it writes is kept.
"""
_RESET_EXAMPLES = """\
examples:
  scripts/diva reset checkout --state state.json
  scripts/diva reset checkout login --bucket my-bucket --key diva/my-function/state.json
  scripts/diva reset checkout --table my-function-state

If an event is unknown, nothing is reset. Uses your AWS credentials. Required permissions:
s3:GetObject and s3:PutObject, or dynamodb:Scan, dynamodb:GetItem and dynamodb:UpdateItem.
"""


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the parsed arguments, with the name of the subcommand as `command`."""
    parser, commands = _parser()
    given = parser.parse_args(argv)
    if given.command in ("status", "history", "report", "reset"):
        _check_source(given, commands[given.command])
    return given


def location(given: argparse.Namespace) -> StateLocation:
    """Return the location of the state from the arguments of a subcommand that has one."""
    if given.state is not None:
        return FileLocation(given.state)
    if given.table is not None:
        return DynamoDBLocation(given.table)
    return S3Location(given.bucket, given.key)


def _check_source(given: argparse.Namespace, command: argparse.ArgumentParser) -> None:
    in_s3 = given.bucket is not None or given.key is not None
    if [given.state is not None, in_s3, given.table is not None].count(True) != 1:
        command.error(f"specify exactly one of {_SOURCES}")
    if in_s3 and not (given.bucket and given.key):
        command.error("--bucket requires --key" if given.bucket else "--key requires --bucket")


def _parser() -> tuple[ArgumentParser, Mapping[str, ArgumentParser]]:
    top = ArgumentParser(
        prog="diva",
        description="Write, check and run event logic; show or reset the state of a deployment.",
        epilog=_EXAMPLES,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, help: str, description: str, epilog: str) -> ArgumentParser:
        return commands.add_parser(name, help=help, description=description, epilog=epilog)

    validate = command("validate", "check the event logic in a file", _VALIDATE, _VALIDATE_EXAMPLES)
    _add_file(validate)
    policy = command("policy", "print the IAM policy for a file", _POLICY, _POLICY_EXAMPLES)
    _add_file(policy)
    new = command("new", "write a first event_logic.py and main.tf", _NEW, _NEW_EXAMPLES)
    new.add_argument("folder", type=Path, metavar="FOLDER", help="folder to write the files into")
    run = command("run", "run periods locally, without AWS", _RUN, _RUN_EXAMPLES)
    _add_file(run)
    _add_run_options(run)
    show = command("status", "show the stored state of each event", _STATUS, _STATUS_EXAMPLES)
    _add_sources(show)
    show.add_argument("--json", action="store_true", help="print the state as a JSON object")
    history = command("history", "show the incidents of an event", _HISTORY, _HISTORY_EXAMPLES)
    history.add_argument("event", metavar="EVENT", help="name of the event")
    _add_sources(history)
    report = command("report", "write a page about all events", _REPORT, _REPORT_EXAMPLES)
    _add_sources(report)
    report.add_argument(
        "--event-logic",
        type=Path,
        metavar="FILE",
        help="Python file that defines get_events(), to show what is in maintenance or inhibited, "
        "and events that have not run yet",
    )
    report.add_argument(
        "--output",
        type=output_file,
        default="report.html",
        metavar="FILE",
        help="file to write the page to (default: %(default)s)",
    )
    reset = command("reset", "reset events to their default state", _RESET, _RESET_EXAMPLES)
    reset.add_argument("events", nargs="+", metavar="EVENT", help="name of an event")
    _add_sources(reset)
    return top, commands.choices


def _add_file(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "file", type=Path, metavar="FILE", help="Python file that defines get_events()"
    )


def _add_run_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--state",
        type=Path,
        metavar="FILE",
        help="JSON file to keep the state in (default: none, the state is kept in memory)",
    )
    command.add_argument(
        "--periods",
        type=whole_number(),
        metavar="N",
        help="number of periods to run (default: 1; with --every, until Ctrl-C)",
    )
    command.add_argument(
        "--every",
        type=_number(LONGEST_PAUSE_SEC),
        metavar="SEC",
        help="seconds from the start of one period to the next (default: no pause)",
    )
    command.add_argument(
        "--timeout",
        type=_number(lambda_timeout.LONGEST_SEC),
        default=lambda_timeout.DEFAULT_SEC,
        metavar="SEC",
        help="timeout of the function, and so of a period, in seconds (default: %(default)s)",
    )
    command.add_argument(
        "--dry-run",
        action="store_true",
        help="only detect, and print what would be injected and sent; write no state",
    )
    command.add_argument(
        "--log-level",
        type=str.upper,
        choices=LOG_LEVELS,
        default="WARNING",
        metavar="LEVEL",
        help=f"lowest level to log to standard error: {', '.join(LOG_LEVELS)} "
        "(default: %(default)s)",
    )


def _add_sources(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("state location, exactly one of")
    group.add_argument("--state", type=Path, metavar="FILE", help="file written by `run --state`")
    group.add_argument("--bucket", help="S3 bucket (mode monolithic); requires --key")
    group.add_argument("--key", help="key of the object, for example diva/my-function/state.json")
    group.add_argument("--table", help="DynamoDB table (mode distributed)")


def _number(largest: int) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not 0 < number <= largest:
            raise argparse.ArgumentTypeError(
                f"must be a number of seconds, greater than 0 and at most {largest}; got {text!r}"
            )
        return number

    return read
