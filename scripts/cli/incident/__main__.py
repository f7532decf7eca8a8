"""`incident`: act on an incident, and list what has been done."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Sequence

from ..common.arguments import ArgumentParser, whole_number
from ..common.exit_status import exit_with, run_command
from ..common.interrupts import interrupt_on
from ..common.output import Output
from .act import act
from .functions import IncidentError
from .history import history

_PEOPLE = "people"
_HELP = {
    "restart_service": "restart a service",
    "scale_up": "give a service, a database or a cache more capacity",
    "clear_cache": "remove keys from a cache",
    "notify_human": "notify people",
}
_DESCRIPTION = """\
Act on an incident with the functions of modules/incident-actions. The command shows what would
happen, asks, acts, and shows what has changed and how to undo it.
"""
_EPILOG = """\
examples:
  scripts/incident restart_service api --dry-run      # only show what would happen
  scripts/incident restart_service api
  scripts/incident scale_up database --priority critical --incident incident-1
  scripts/incident notify_human --title "API down" --description "A restart did not help."
  scripts/incident history

An action is done once for each incident and target. If you do not know whether a command has
acted, repeat it with the same --incident.

exit status:
  0 if the action is done or there was nothing to do, 1 otherwise, 130 if interrupted

Uses your AWS credentials. Required permissions: lambda:GetFunctionConfiguration and
lambda:InvokeFunction on the functions; for `history`, dynamodb:Query on the table.
"""
_HISTORY = """\
List the latest attempts, the newest first: what was asked for, by whom, what came of it, and how
to undo it.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Act, or list what has been done, and return the exit status."""
    given = _parse(argv)
    run = history if given.action == "history" else act
    return run_command("incident", lambda: run(given, Output()), (IncidentError,))


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(prog="incident", description=_DESCRIPTION, epilog=_EPILOG)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, text in _HELP.items():
        action = actions.add_parser(name, help=text, description=f"{text.capitalize()}.")
        if name == "notify_human":
            action.add_argument(
                "target",
                metavar="TARGET",
                nargs="?",
                choices=[_PEOPLE],
                default=_PEOPLE,
                help=f"always {_PEOPLE}, and may be left out",
            )
            action.add_argument("--title", required=True, help="what is wrong, in one line")
            action.add_argument("--description", required=True, help="what people need to know")
        else:
            action.add_argument("target", metavar="TARGET", help="name of a target of the function")
        _add_options(action)
        _add_prefix(action)
    listing = actions.add_parser("history", help="list what has been done", description=_HISTORY)
    listing.add_argument(
        "--max",
        type=whole_number(),
        default=20,
        metavar="N",
        help="largest number of attempts to list (default: %(default)s)",
    )
    _add_prefix(listing)
    return parser.parse_args(argv)


def _add_options(action: argparse.ArgumentParser) -> None:
    action.add_argument(
        "--incident",
        metavar="ID",
        help="incident for which to act; the same action is done once for it (default: a new one)",
    )
    action.add_argument(
        "--priority",
        default="high",
        metavar="P",
        help="priority of the incident; `critical` scales up as far as allowed "
        "(default: %(default)s)",
    )
    action.add_argument(
        "--dry-run", action="store_true", help="only show what would happen; change nothing"
    )
    action.add_argument("--yes", action="store_true", help="act without asking")


def _add_prefix(action: argparse.ArgumentParser) -> None:
    action.add_argument(
        "--function-prefix",
        default="incident-",
        metavar="PREFIX",
        help="function_name_prefix of the module (default: %(default)s)",
    )


if __name__ == "__main__":
    interrupt_on(signal.SIGINT, signal.SIGTERM)
    exit_with(main())
