"""DynamoDB, as far as the leases need it, without a server."""

from __future__ import annotations

import threading
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, dict[str, str]]


class ConditionalCheckFailed(ClientError):
    """A condition does not hold."""

    def __init__(self, operation: str, item: Item) -> None:
        code = "ConditionalCheckFailedException"
        super().__init__({"Error": {"Code": code}, "Item": item}, operation)  # type: ignore[typeddict-unknown-key]


class _Exceptions:
    ConditionalCheckFailedException = ConditionalCheckFailed


class Tables:
    """A client whose table is a dict. test_leases.py compares it with the embedded AWS."""

    exceptions = _Exceptions

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self._lock = threading.Lock()

    def get_item(self, *, Key: Item, **_: Any) -> dict[str, Any]:  # noqa: N803
        found = self.items.get(Key["id"]["S"])
        return {"Item": dict(found)} if found else {}

    def put_item(
        self,
        *,
        Item: Item,  # noqa: N803
        ExpressionAttributeValues: Item,  # noqa: N803
        **_: Any,
    ) -> None:
        given = ExpressionAttributeValues
        with self._lock:
            old = self.items.get(Item["id"]["S"])
            if old and (
                old["status"] != given[":claimed"]
                or (
                    float(old["claim_expires_at"]["N"]) > float(given[":now"]["N"])
                    and old["owner"] != given[":owner"]
                )
            ):
                raise ConditionalCheckFailed("PutItem", old)
            self.items[Item["id"]["S"]] = Item

    def update_item(
        self,
        *,
        Key: Item,  # noqa: N803
        ExpressionAttributeValues: Item,  # noqa: N803
        ConditionExpression: str = "",  # noqa: N803
        **_: Any,
    ) -> None:
        given = ExpressionAttributeValues
        with self._lock:
            item = dict(self.items.get(Key["id"]["S"], Key))
            if ":sent" in given:
                item.pop("claim_expires_at", None)
                item |= {"status": given[":sent"], "owner": given[":owner"]}
                item |= {"sent_at": given[":now"], "expires_at": given[":expires"]}
                item |= {"continued_after": given[":after"]} if ":after" in given else {}
            elif (item.get("status"), item.get("owner")) != (given[":claimed"], given[":owner"]):
                raise ConditionalCheckFailed("UpdateItem", item)
            else:
                item["claim_expires_at"] = given[":now"]
            self.items[Key["id"]["S"]] = item
