"""`diva report`: write a page about all events."""

from __future__ import annotations

import argparse
from datetime import datetime, timezone

from diva.policy import read_policies

from ..common.output import Output
from ..common.text import counted
from .arguments import location
from .event_logic_file import EventLogicFile
from .problems import print_problems


def report(given: argparse.Namespace, output: Output) -> int:
    """Write the page. Raises InvalidEventLogic, ReportError or StoreError."""
    from ..common.report_page import page  # imported late, as the other commands have no use for it

    where = location(given)
    records = where.records()
    logic = None
    if given.event_logic is not None:
        options = EventLogicFile(given.event_logic).events()
        policies = read_policies(options)
        if policies.problems:
            print_problems(given.event_logic, policies.problems)
        logic = page.EventLogic(given.event_logic.name, policies)
    html = page.render(records, where.name, datetime.now(timezone.utc), logic)
    page.write(given.output, html)
    events = counted(len(records), "event")
    output.line(f"Wrote a report of {events} in {where.name} to {given.output}.")
    return 0
