"""Transactions whose request is sent again. moto would carry them out twice."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.exceptions import ERROR_TYPE_PREFIX, DynamodbException
from moto.dynamodb.responses import DynamoHandler

from local_aws.clock import Clock
from local_aws.patching import Patch

KNOWN_SEC = 600
"""How long a token is known."""


class _Mismatch(DynamodbException):
    def __init__(self) -> None:
        super().__init__(
            f"{ERROR_TYPE_PREFIX}IdempotentParameterMismatchException",
            "The client request token was used for another request.",
        )


def install(patch: Patch, clock: Clock) -> None:
    """Carry out a transaction once for each client request token."""
    moto_write = DynamoHandler.transact_write_items

    def transact_write_items(handler: DynamoHandler) -> ActionResult:
        items, token = handler.body["TransactItems"], handler.body.get("ClientRequestToken")
        done: dict[str, tuple[float, Any]] = vars(handler.dynamodb_backend).setdefault(
            "local_transactions", {}
        )
        known = done.get(token) if token else None
        if known and clock.time() < known[0] + KNOWN_SEC:
            if known[1] != items:
                raise _Mismatch
            return ActionResult({"ConsumedCapacity": [], "ItemCollectionMetrics": {}})
        result = moto_write(handler)
        if token:
            done[token] = (clock.time(), items)
        return result

    patch(DynamoHandler, "transact_write_items", transact_write_items)
