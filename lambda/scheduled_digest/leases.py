"""Which digests are being requested, and which have been, in a DynamoDB table.

An item for each monitor and period keeps two runs from requesting the same digest.

| attribute | type | meaning |
|---|---|---|
| `id` | S, partition key | `<frequency>#<period>#<monitor ID>`, also the idempotency key |
| `status` | S | `claimed` or `sent` |
| `owner` | S | run that has claimed or sent the digest |
| `claim_expires_at` | N | seconds since the epoch. That run has ended by then |
| `sent_at` | N | seconds since the epoch |
| `expires_at` | N, time to live | seconds since the epoch, 30 days after the last change |

Items with the ID `continuation#<run>#<depth>` have the status `sent` and `continued_after` (S), the
JSON of the monitor ID that a run was continued after. They keep a run that Lambda retries from
being continued twice.

Required permissions: `dynamodb:PutItem`, `dynamodb:UpdateItem` and `dynamodb:GetItem`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from diva_common.runs import Clock

KEPT_SEC = 30 * 24 * 60 * 60
"""Longer than a queue for failed runs keeps their events, which may be sent again."""

_CLAIMED = "claimed"
_SENT = "sent"


class Lease(Enum):
    """What a run knows of the lease that it has tried to take."""

    CLAIMED = auto()
    """The run has it."""
    SENT = auto()
    """The digest has been requested before."""


@dataclass(frozen=True, slots=True)
class Held:
    """Another run has the lease."""

    until: float
    """Seconds since the epoch."""


class Leases:
    """The leases as one run sees them. Methods raise the errors of boto3."""

    def __init__(self, client: Any, table: str, owner: str, clock: Clock) -> None:
        """Take a client of DynamoDB, and an owner that is unique for each run."""
        self._client = client
        self._table = table
        self._owner = owner
        self._clock = clock

    def claim(self, lease_id: str, until: float) -> Lease | Held:
        """Take the lease until `until` (seconds since the epoch), if nobody else has it."""
        now = self._clock.time()
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    "id": {"S": lease_id},
                    "status": {"S": _CLAIMED},
                    "owner": {"S": self._owner},
                    "claim_expires_at": _number(until),
                    "expires_at": _whole(now + KEPT_SEC),
                },
                # The client may repeat a request whose answer was lost.
                ConditionExpression=(
                    "attribute_not_exists(#id) OR "
                    "(#status = :claimed AND (claim_expires_at <= :now OR #owner = :owner))"
                ),
                ExpressionAttributeNames={"#id": "id", "#status": "status", "#owner": "owner"},
                ExpressionAttributeValues={
                    ":claimed": {"S": _CLAIMED},
                    ":now": _number(now),
                    ":owner": {"S": self._owner},
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            item = error.response["Item"]
            if item["status"]["S"] == _SENT:
                return Lease.SENT
            return Held(float(item["claim_expires_at"]["N"]))
        return Lease.CLAIMED

    def record(self, lease_id: str, after: str | None = None) -> None:
        """Store that the digest was requested, whoever has the lease.

        `after` is stored if it is given.
        """
        now = self._clock.time()
        more = {} if after is None else {":after": {"S": after}}
        self._client.update_item(
            TableName=self._table,
            Key={"id": {"S": lease_id}},
            UpdateExpression=(
                "SET #status = :sent, #owner = :owner, sent_at = :now, expires_at = :expires"
                f"{', continued_after = :after' if more else ''} REMOVE claim_expires_at"
            ),
            ExpressionAttributeNames={"#status": "status", "#owner": "owner"},
            ExpressionAttributeValues={
                ":sent": {"S": _SENT},
                ":owner": {"S": self._owner},
                ":now": _whole(now),
                ":expires": _whole(now + KEPT_SEC),
                **more,
            },
        )

    def release(self, lease_id: str) -> None:
        """Give the lease back, so that another run need not wait until it expires."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": lease_id}},
                UpdateExpression="SET claim_expires_at = :now",
                ConditionExpression="#status = :claimed AND #owner = :owner",
                ExpressionAttributeNames={"#status": "status", "#owner": "owner"},
                ExpressionAttributeValues={
                    ":claimed": {"S": _CLAIMED},
                    ":owner": {"S": self._owner},
                    ":now": _number(self._clock.time()),
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def recorded_after(self, lease_id: str) -> str | None:
        """Return the `after` that was last recorded for `lease_id`, None if there is none."""
        found = self._client.get_item(
            TableName=self._table, Key={"id": {"S": lease_id}}, ConsistentRead=True
        )
        after: str | None = found.get("Item", {}).get("continued_after", {}).get("S")
        return after


def _number(value: float) -> dict[str, str]:
    return {"N": f"{value:.3f}"}


def _whole(value: float) -> dict[str, str]:
    return {"N": str(int(value))}
