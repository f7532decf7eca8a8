"""`diva validate`: check the event logic in a file."""

from __future__ import annotations

import argparse

from rich.cells import cell_len

from diva.policy import Policy, read_policies

from ..common.output import GAP, Output
from ..common.text import counted, printable, wrapped
from .event_logic_file import EventLogicFile
from .notes import notes
from .problems import print_problems

_COLUMNS = {"role": 6, "callbacks": 30}


def validate(given: argparse.Namespace, output: Output) -> int:
    """Print the events with notes, or all of their problems. Raises InvalidEventLogic."""
    options = EventLogicFile(given.file).events()
    policies = read_policies(options)
    if policies.problems:
        print_problems(given.file, policies.problems)
        return 1
    events = policies.valid.values()
    output.line(f"{given.file.name}: {counted(len(events), 'event')}, no problems")
    if not events:
        output.line("get_events() returns no events, so nothing would be monitored.")
        return 0
    longest = max(cell_len(printable(name)) for name in policies.valid)
    room = output.width - sum(_COLUMNS.values()) - 2 * GAP
    width = min(longest, room) if output.is_terminal else longest
    widths = [max(width, len("event")), *_COLUMNS.values()]
    output.heading(widths, ["event", *_COLUMNS])
    for each in events:
        name = wrapped(each.name, widths[0]) if output.is_terminal else printable(each.name)
        output.row(widths, [name, each.role, ", ".join(_callbacks(each))])
    silent = sum(each.alert is None for each in events)
    if silent:
        output.line(
            f"{counted(silent, 'event')} without an alert callback: "
            "alerts are only logged, at level ERROR."
        )
    for each in events:
        for note in notes(each, options[each.name]):
            output.line(f"note: {printable(note)}")
    return 0


def _callbacks(policy: Policy) -> list[str]:
    return [
        name
        for name in ("detect", "inject", "alert", "resolve")
        if getattr(policy, name) is not None
    ]
