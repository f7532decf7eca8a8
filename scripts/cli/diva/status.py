"""`diva status`: show the stored state of each event."""

from __future__ import annotations

import argparse
import json
from datetime import datetime, timezone

from ..common import state_table
from ..common.output import Output
from .arguments import location


def status(given: argparse.Namespace, output: Output) -> int:
    """Print the state as a table or as JSON. Raises StoreError."""
    where = location(given)
    records = where.records()
    if given.json:
        print(json.dumps(records, indent=2, sort_keys=True, default=str))
    elif records:
        state_table.show(records, output, datetime.now(timezone.utc))
    else:
        output.line(f"There is no state of any event in {where.name}.")
    return 0
