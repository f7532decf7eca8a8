"""A record of each attempt: who asked for what, and what came of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

log = logging.getLogger(__name__)

DAY_SEC = 24 * 60 * 60
AUDIT_DAYS = 400


@dataclass(frozen=True, slots=True)
class Audit:
    """Writes records to the table, and to the log as one line of JSON each."""

    client: Any
    """Of DynamoDB."""
    table: str
    write_line: Callable[[str], None]

    def record(self, request_id: str, now: float, facts: Mapping[str, Any]) -> None:
        """Write the record of an attempt. A table that cannot be written to is logged."""
        at = datetime.fromtimestamp(now, timezone.utc)
        time = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        text = json.dumps({"time": time, "requestId": request_id, **facts})
        self.write_line(json.dumps({"audit": json.loads(text)}))
        try:
            self.client.put_item(
                TableName=self.table,
                Item={
                    "pk": {"S": f"audit#{at:%Y-%m}"},
                    "sk": {"S": f"{time}#{request_id}"},
                    "record": {"S": text},
                    "expires_at": {"N": str(int(now) + AUDIT_DAYS * DAY_SEC)},
                },
            )
        except Exception:
            log.exception("The audit record of request %s is in the log only.", request_id)
