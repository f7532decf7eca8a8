"""`incident ACTION`: show what would happen, ask, act, and show what has happened."""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from ..common.aws_client import client
from ..common.output import Output
from ..common.stderr import print_stderr
from ..common.text import printable
from . import states
from .functions import Answer, Function, IncidentError, explained_for, find

_SHOWN = frozenset({"message", "incidentId", "before", "after", "change", "undo", "dryRun"})
"""Keys of answers that are not shown as details."""


def act(given: argparse.Namespace, output: Output) -> int:
    """Do what the user asks for, and return the exit status. Raises IncidentError."""
    function = find(given.function_prefix, given.action)
    request = _request(given)
    incident = request["incidentId"]
    output.line(f"{given.action} {given.target}, incident {incident}")
    with output.busy("Looking up what would happen ..."):
        preview = function.send({**request, "dryRun": True})
    if preview.problem:
        raise IncidentError(f"{given.action} {preview.problem}")
    output.line("")
    if not preview.is_dry:
        output.line("This was done for the same incident before, and is not done again.")
        _show_result(preview, output)
        return 0
    _show_preview(preview, output)
    if given.dry_run or "change" not in preview.body:
        return 0
    if not given.yes:
        output.line("")
        if not _agreed():
            output.line("Nothing was changed.")
            return 1
    answer = _acted(function, request, output)
    if answer.problem:
        raise IncidentError(f"{given.action} {answer.problem}")
    if answer.is_dry:
        raise IncidentError(
            f"nothing was changed, since function {function.name} does dry runs only. To let it "
            "act, set dry_run = false in the module"
        )
    output.line("")
    _show_result(answer, output)
    return 0


def _request(given: argparse.Namespace) -> dict[str, Any]:
    request = {
        "action": given.action,
        "target": given.target,
        "incidentId": given.incident or _new_incident(),
        "priority": given.priority,
    }
    if given.action == "notify_human":
        request["incidentDetails"] = {"title": given.title, "description": given.description}
    try:
        request["requestedBy"] = _caller()
    except IncidentError as error:
        print_stderr(f"incident: {error}. The audit will not say who has asked.")
    return request


def _new_incident() -> str:
    now = datetime.now(timezone.utc)
    return f"manual-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"


def _caller() -> str:
    with explained_for("your identity could not be looked up", "sts:GetCallerIdentity"):
        return str(client("sts").get_caller_identity()["Arn"])


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise IncidentError(
            "nothing was changed, since nobody can be asked: standard input is not a terminal. To "
            "act without being asked, add --yes"
        )
    try:
        return input("Do this? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
    except KeyboardInterrupt:
        print_stderr("\nNothing was changed.")
        raise


def _acted(function: Function, request: Mapping[str, Any], output: Output) -> Answer:
    try:
        with output.busy("Acting ..."):
            return function.send(request)
    except (KeyboardInterrupt, IncidentError):
        print_stderr(
            "The action may have begun, and then goes on. To see what has come of it, repeat the "
            f"command with --incident {request['incidentId']}, which does nothing twice."
        )
        raise


def _show_preview(preview: Answer, output: Output) -> None:
    body = preview.body
    output.line(printable(body["message"]))
    if "change" in body:
        states.show({"now": body["before"], "change": body["change"]["values"]}, output)
        _show_undo(body["undo"], output)
    else:
        states.show({"now": body["before"]}, output)


def _show_result(answer: Answer, output: Output) -> None:
    body = answer.body
    output.line(printable(body["message"]))
    if details := {name: value for name, value in body.items() if name not in _SHOWN}:
        states.show({"result": details}, output)
        output.line("")
    if "before" in body and "after" in body:
        states.show({"before": body["before"], "after": body["after"]}, output)
    if "undo" in body:
        _show_undo(body["undo"], output)


def _show_undo(undo: str, output: Output) -> None:
    output.line("Undo:")
    output.command(f"  {printable(undo)}")
