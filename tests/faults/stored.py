"""What a process has stored of all its events, read and written behind its back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from diva.stores import document
from tests.diva.lambda_process import Process
from tests.diva.places import KEY

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


def put(process: Process, records: Mapping[str, Mapping[str, Any]]) -> None:
    """Store `records` as they are; in a table each with a version, unless it says another."""
    if process.mode == "monolithic":
        process.bucket.put_bytes(document.encode(records))
        return
    items = [{"event_id": name, "version": 1, **record} for name, record in records.items()]
    puts = [
        {"PutRequest": {"Item": {name: _serialize(item[name]) for name in item}}} for item in items
    ]
    process.table.client.batch_write_item(RequestItems={process.table.name: puts})


def records(process: Process) -> dict[str, dict[str, Any]]:
    """Return everything that is stored, by event."""
    if process.mode == "monolithic":
        found: dict[str, dict[str, Any]] = {}
        if KEY in process.bucket.all_keys():
            found = process.bucket.document()
        return found
    table = process.table
    items = table.client.scan(TableName=table.name, ConsistentRead=True)["Items"]
    return {
        item["event_id"]["S"]: {name: _whole(_deserialize(item[name])) for name in item}
        for item in items
    }


def form(process: Process, event: str) -> object:
    """Return the stored form of an event's record: the bytes of its entry, or its item."""
    if process.mode == "distributed":
        return process.table.item(event)
    body = process.bucket.bytes()
    entry = document.encode({event: json.loads(body)[event]})[1:-1]
    assert entry in body, "every entry is written in the one form"
    return entry


def _whole(value: object) -> object:
    return int(value) if isinstance(value, Decimal) else value
