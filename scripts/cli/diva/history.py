"""`diva history`: show the incidents of an event."""

from __future__ import annotations

import argparse
from datetime import datetime, timezone

from diva.state import InvalidState, from_record

from ..common import incident_table
from ..common.output import Output
from ..common.stderr import print_stderr
from ..common.text import printable
from .arguments import location
from .nearest import nearest


def history(given: argparse.Namespace, output: Output) -> int:
    """Print the incidents as a table, newest first. Raises StoreError."""
    where = location(given)
    records = where.records()
    name = given.event
    if name not in records:
        print_stderr(f"diva: no state of event {name!r} in {where.name}.{nearest(name, records)}")
        return 1
    try:
        incidents = from_record(records[name]).incidents
    except InvalidState as error:
        print_stderr(f"diva: the state of event {name!r} in {where.name} is invalid: {error}")
        return 1
    if incidents:
        incident_table.show(incidents, output, datetime.now(timezone.utc))
    else:
        output.line(f"Event {printable(name)} has had no incident.")
    return 0
