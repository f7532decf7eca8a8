"""All events' records as one JSON document: `{"<event>": {<field>: <value>, …}, …}`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timezone

from ..state import Record

OnCorrupt = Callable[[str, Exception, str], None]
"""Called for a corrupt document, with its place, the error, and the place it is kept at."""


class CorruptDocument(Exception):
    """The document is not JSON of the form above."""


def encode(records: Mapping[str, Record]) -> bytes:
    """Return the document as bytes. Equal records give equal bytes."""
    return json.dumps(records, sort_keys=True, separators=(",", ":")).encode()


def decode(body: bytes) -> dict[str, Record]:
    """Return the records in `body`. Raises CorruptDocument."""
    try:
        records = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise CorruptDocument(f"it is not JSON: {error}") from error
    if not isinstance(records, dict):
        raise CorruptDocument(f"it is not a JSON object but {type(records).__name__}")
    for name, record in records.items():
        if not isinstance(record, dict):
            raise CorruptDocument(f"the entry of event {name!r} is not an object")
    return records


def kept_as(place: str) -> str:
    """Return the place at which a corrupt document from `place` is kept."""
    return f"{place}.corrupt-{datetime.now(timezone.utc):%Y%m%dT%H%M%S.%fZ}"
