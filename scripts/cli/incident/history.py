"""`incident history`: what has been done, by whom, and how to undo it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from itertools import islice
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from ..common.aws_client import client
from ..common.output import Output
from ..common.text import printable, shortened
from .functions import ACTIONS, Function, IncidentError, Missing, explained_for, find

_MONTHS = 15
"""How far back records are looked for. The functions keep them for 400 days."""
_LONGEST_TARGET = 24
_INDENT = 4

_STYLES = {"succeeded": "green", "refused": "yellow", "failed": "bold red"}


def history(given: argparse.Namespace, output: Output) -> int:
    """Print the latest attempts, the newest first. Raises IncidentError."""
    function = _any_function(given.function_prefix)
    if function.table is None:
        raise IncidentError(
            f"the configuration of function {function.name} does not contain TABLE_NAME. If it is "
            "encrypted with a KMS key, you need the permission kms:Decrypt"
        )
    records = list(islice(_records(function.table), given.max))
    if not records:
        output.line(f"Table {function.table} has no attempts.")
        return 0
    _show(records, output)
    return 0


def _any_function(prefix: str) -> Function:
    """Return one of the functions that a module has created, which share a table."""
    for action in ACTIONS:
        try:
            return find(prefix, action)
        except Missing as error:
            missing = error
    raise missing


def _records(table: str) -> Iterator[Mapping[str, Any]]:
    for month in _months():
        with explained_for(f"table {table} could not be read", "dynamodb:Query"):
            pages = (
                client("dynamodb")
                .get_paginator("query")
                .paginate(
                    TableName=table,
                    KeyConditionExpression="pk = :month",
                    ExpressionAttributeValues={":month": {"S": f"audit#{month}"}},
                    ScanIndexForward=False,
                )
            )
            for page in pages:
                for item in page["Items"]:
                    yield json.loads(item["record"]["S"])


def _months() -> Iterator[str]:
    """Yield the months of records, the latest first."""
    # The clock of this machine may be behind.
    day = datetime.now(timezone.utc) + timedelta(days=1)
    for _ in range(_MONTHS):
        yield f"{day:%Y-%m}"
        day = day.replace(day=1) - timedelta(days=1)


def _show(records: list[Mapping[str, Any]], output: Output) -> None:
    rows = [
        [
            record["time"][:19].replace("T", " "),
            record["outcome"].replace("_", " "),
            record["action"],
            shortened(record.get("target", ""), _LONGEST_TARGET),
        ]
        for record in records
    ]
    table = [["time (UTC)", "outcome", "action", "target"], *rows]
    widths = [max(cell_len(row[index]) for row in table) for index in range(len(table[0]))]
    output.heading(widths, table[0])
    for row, record in zip(rows, records, strict=True):
        time, outcome, *others = row
        style = _STYLES.get(record["outcome"], "")
        output.row(widths, [time, Text(outcome, style), *others])
        for line in _details(record):
            output.below(printable(line), _INDENT)
        if record["outcome"] == "succeeded" and "undo" in record:
            output.command(f"{' ' * _INDENT}undo: {printable(record['undo'])}")


def _details(record: Mapping[str, Any]) -> Iterator[str]:
    if "incidentId" in record:
        yield f"incident {record['incidentId']}, requested by {record['requestedBy']}"
    if "change" in record:
        yield f"change: {record['change']['summary']}"
    if "error" in record:
        yield f"error: {record['error']}"
