"""`diva`: try event logic on this machine, and see what a deployed DIVA remembers."""

from __future__ import annotations

import argparse
import difflib
import json
import logging
import os
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import NoReturn

from rich.cells import cell_len

from diva.logic import InvalidEventLogic
from diva.policy import Policy, read_policies
from diva.report import log
from diva.stores import Store, StoreError
from diva.stores.file import FileStore

from ..common import state_table
from ..common.event_status import printable, wrapped
from ..common.exit_status import BROKEN_PIPE, INTERRUPTED, say
from ..common.memory_store import MemoryStore
from ..common.output import GAP, Output
from ..common.state_location import Stored, StoredInDynamoDB, StoredInFile, StoredInS3
from . import arguments
from .event_logic_file import EventFile
from .local_runner import Trial

_VALIDATE_COLUMNS = {"role": 6, "functions": 30}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = arguments.parse(argv)
    commands = {"validate": _validate, "run": _run, "status": _status, "reset": _reset}
    try:
        return commands[given.command](given, Output())
    except (InvalidEventLogic, StoreError) as error:
        say(f"diva: {error}")
        return 1
    except KeyboardInterrupt:
        say("Interrupted.")
        return INTERRUPTED


def _validate(given: argparse.Namespace, output: Output) -> int:
    policies = read_policies(EventFile(given.file).events())
    if policies.problems:
        _list_problems(given.file, policies.problems)
        return 1
    events = policies.valid.values()
    output.line(f"{given.file.name}: {_counted(len(events), 'event')}, no problems")
    if not events:
        output.line("get_events() returns an empty dict, so nothing would be monitored.")
        return 0
    longest = max(cell_len(printable(name)) for name in policies.valid)
    room = output.width - sum(_VALIDATE_COLUMNS.values()) - 2 * GAP
    width = min(longest, room) if output.is_terminal else longest
    widths = [max(width, len("event")), *_VALIDATE_COLUMNS.values()]
    output.heading(widths, ["event", *_VALIDATE_COLUMNS])
    for each in events:
        name = wrapped(each.name, widths[0]) if output.is_terminal else printable(each.name)
        output.row(widths, [name, each.role, ", ".join(_callbacks(each))])
    silent = sum(each.alert is None for each in events)
    if silent:
        output.line(
            f"{_counted(silent, 'event')} without an alert function: "
            "an alert is then an ERROR line in the function's log."
        )
    return 0


def _callbacks(policy: Policy) -> list[str]:
    return [
        name
        for name in ("detect", "inject", "alert", "resolve")
        if getattr(policy, name) is not None
    ]


def _run(given: argparse.Namespace, output: Output) -> int:
    _log_to_stderr(given.log_level, "(dry run) " if given.dry_run else "")
    store = _store(given.state, given.dry_run)
    file = EventFile(given.file)
    if given.dry_run:
        say("Dry run: only detect is called, and no state is written.")
        say("Injections and messages that are due are taken to succeed.")
    elif given.state is None:
        say("The state is kept in memory and lost at the end; --state FILE keeps it.")
    periods = given.periods or (None if given.every else 1)
    trial = Trial(file, store, output, given.timeout, given.dry_run)
    try:
        trial.run(periods, given.every or 0)
    finally:
        if trial.problems:
            _list_problems(given.file, trial.problems)
    return 1 if trial.problems else 0


def _store(path: Path | None, dry_run: bool) -> Store:
    if path is None:
        return MemoryStore()
    if not path.absolute().parent.is_dir():
        raise StoreError(f"the folder of state file {path} does not exist")
    if path.is_dir():
        raise StoreError(f"state file {path} is a folder")
    if dry_run:
        return MemoryStore(StoredInFile(path).records() if path.exists() else None)
    return FileStore(path)


def _status(given: argparse.Namespace, output: Output) -> int:
    stored = _stored(given)
    records = stored.records()
    if given.json:
        print(json.dumps(records, indent=2, sort_keys=True, default=str))
    elif records:
        state_table.show(records, output, datetime.now(timezone.utc))
    else:
        output.line(f"No event has state in {stored.place}.")
    return 0


def _reset(given: argparse.Namespace, output: Output) -> int:
    stored = _stored(given)
    known = stored.records()
    names = list(dict.fromkeys(given.events))
    unknown = [name for name in names if name not in known]
    for name in unknown:
        say(f"diva: no state of event {name!r} in {stored.place}{_nearest(name, list(known))}")
    if unknown:
        say("Nothing was reset.")
        return 1
    done = stored.reset(names)
    for name in names:
        output.line(f"{printable(name)}: {'reset' if name in done else 'nothing to reset'}")
    return 0


def _stored(given: argparse.Namespace) -> Stored:
    if given.state is not None:
        return StoredInFile(given.state)
    if given.table is not None:
        return StoredInDynamoDB(given.table)
    return StoredInS3(given.bucket, given.key)


def _nearest(name: str, known: Sequence[str]) -> str:
    matches = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {matches[0]!r}?" if matches else ""


def _list_problems(file: Path, problems: Sequence[str]) -> None:
    say(f"{file} has {_counted(len(problems), 'problem')}:")
    for problem in problems:
        say(f"  {problem}")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


class _StderrHandler(logging.Handler):
    """Writes to what is standard error at the time, which a live display replaces."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            say(self.format(record))
        except Exception:
            self.handleError(record)


def _log_to_stderr(level: str, prefix: str) -> None:
    form = f"%(levelname)-7s {prefix}%(message)s"
    logging.basicConfig(handlers=[_StderrHandler()], format=form, force=True)
    log.setLevel(level)


def _leave() -> NoReturn:
    """Run `main` and end the process at once, whatever threads the events have left behind."""
    try:
        try:
            code = main()
        except SystemExit as end:  # help, or wrong usage
            code = end.code if isinstance(end.code, int) else 1
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        code = BROKEN_PIPE
    except KeyboardInterrupt:
        code = INTERRUPTED
    os._exit(code)


if __name__ == "__main__":
    _leave()
