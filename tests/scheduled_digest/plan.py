"""What has to come to pass, in a plain model without pages, leases and faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Row:
    """A monitor in the database."""

    frequency: str | None
    deleted: bool | None
    deleted_at: datetime | None

    def is_due(self, frequency: str) -> bool:
        return self.deleted is not True and self.frequency == frequency

    def is_purged(self, now: datetime, days: int) -> bool:
        is_deleted = self.deleted is True and self.deleted_at is not None
        return is_deleted and self.deleted_at < now - timedelta(days=days)  # type: ignore[operator]


@dataclass(slots=True)
class Plan:
    """The digests that are due, and the rows that are left."""

    rows: dict[int, Row]
    digests: Counter[tuple[int, str]] = field(default_factory=Counter)
    """How often each monitor gets a digest, by its ID and frequency."""

    def run(self, frequencies: Sequence[str], purges: bool, now: datetime, days: int = 30) -> None:
        """Run the function at `now`, once in each of its periods."""
        for number, row in self.rows.items():
            for frequency in frequencies:
                self.digests[number, frequency] += row.is_due(frequency)
        if purges:
            self.rows = {
                number: row for number, row in self.rows.items() if not row.is_purged(now, days)
            }


def made(keys: Mapping[str, object]) -> Counter[tuple[int, str]]:
    """Return how often each monitor has got a digest, from the idempotency keys."""
    parts = (key.split("#") for key in keys)
    return Counter((int(number), frequency) for frequency, _, number in parts)
