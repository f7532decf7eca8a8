"""`diva run`: run periods locally."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from diva.report import log
from diva.stores import Store, StoreError

from ..common.memory_store import MemoryStore
from ..common.output import Output
from ..common.stderr import print_stderr
from .event_logic_file import EventLogicFile
from .file_location import FileLocation
from .file_store import FileStore
from .local_runner import LocalRunner
from .problems import print_problems


def run(given: argparse.Namespace, output: Output) -> int:
    """Run and print periods. Raises InvalidEventLogic or StoreError."""
    _log_to_stderr(given.log_level, "(dry run) " if given.dry_run else "")
    store = _store(given.state, given.dry_run)
    file = EventLogicFile(given.file)
    if given.dry_run:
        print_stderr("Dry run: only detect callbacks are called, and no state is written.")
        print_stderr("Injections and notifications that are due are assumed to succeed.")
    elif given.state is None:
        print_stderr("State is kept in memory only. To keep it in a file, use --state FILE.")
    periods = given.periods or (None if given.every else 1)
    runner = LocalRunner(file.events, store, output, given.timeout, given.dry_run)
    try:
        runner.run(periods, given.every or 0)
    finally:
        if runner.problems:
            print_problems(given.file, runner.problems)
    return 1 if runner.problems else 0


def _store(path: Path | None, dry_run: bool) -> Store:
    if path is None:
        return MemoryStore()
    if not path.absolute().parent.is_dir():
        raise StoreError(f"state file {path} cannot be created: its folder does not exist")
    if path.is_dir():
        raise StoreError(f"state file {path} is a folder, not a file")
    if dry_run:
        return MemoryStore(FileLocation(path).records() if path.exists() else None)
    return FileStore(path)


class _StderrHandler(logging.Handler):
    """Writes to the current standard error, which a live display replaces."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            print_stderr(self.format(record))
        except Exception:
            self.handleError(record)


def _log_to_stderr(level: str, prefix: str) -> None:
    form = f"%(levelname)-7s {prefix}%(message)s"
    logging.basicConfig(handlers=[_StderrHandler()], format=form, force=True)
    log.setLevel(level)
