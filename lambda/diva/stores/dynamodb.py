"""The state of one event in a DynamoDB item, written under the condition of its version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError

from . import Changes, Conflict, Snapshot, StoreError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = "event_id"
VERSION = "version"
WRITES = "writes"
READ_ATTEMPTS = 2

_serialize = TypeSerializer().serialize


class DynamoDBStore:
    """The item with `event_id` = `event` in `table`; fields are attributes beside `version`.

    `writes` holds the ids of the latest writes, divided by spaces.
    """

    def __init__(self, client: DynamoDBClient, table: str, event: str) -> None:
        self._client = client
        self._table = table
        self._event = event

    def read(self) -> Snapshot:
        for _ in range(READ_ATTEMPTS):
            try:
                answer = self._client.get_item(
                    TableName=self._table,
                    Key={KEY: {"S": self._event}},
                    ConsistentRead=True,
                    ReturnConsumedCapacity="TOTAL",
                )
            except (ClientError, BotoCoreError) as error:
                raise self._error("read", error) from error
            # The client reads a truncated answer as an empty one, which would mean that there is
            # no item. A complete answer has the consumed capacity.
            if "ConsumedCapacity" in answer:
                return self._snapshot(answer.get("Item"))
        raise self._error("read", "its answers were cut off")

    def write(self, snapshot: Snapshot, changes: Changes) -> Snapshot:
        record = changes[self._event]
        assert record is not None, "items are never taken away"
        version = snapshot.version if isinstance(snapshot.version, int) else 0
        writes = snapshot.next_writes()
        attributes = {**record, VERSION: version + 1, WRITES: " ".join(writes)}
        names = {f"#{index}": name for index, name in enumerate(attributes)}
        values = {f":{index}": _serialize(each) for index, each in enumerate(attributes.values())}
        condition = f"attribute_not_exists({VERSION}) OR attribute_type({VERSION}, :null)"
        if snapshot.version is None:
            values[":null"] = {"S": "NULL"}
        else:
            condition = f"{VERSION} = :version"
            values[":version"] = _serialize(snapshot.version)
        try:
            self._client.update_item(
                TableName=self._table,
                Key={KEY: {"S": self._event}},
                UpdateExpression="SET " + ", ".join(f"{n} = :{n[1:]}" for n in names),
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise self._error("written", error) from error
            fresh = self._snapshot(error.response.get("Item"))
            if writes[0] in fresh.writes:
                return fresh
            raise Conflict(fresh) from error
        except BotoCoreError as error:
            raise self._error("written", error) from error
        merged = {**snapshot.records.get(self._event, {}), **record}
        return Snapshot({self._event: merged}, version + 1, writes)

    def _snapshot(self, item: Any) -> Snapshot:
        if not item:
            return Snapshot({})
        record = {name: _plain(value) for name, value in item.items()}
        del record[KEY]
        version = record.pop(VERSION, None)
        writes = str(record.pop(WRITES, "")).split()
        return Snapshot({self._event: record}, version, tuple(writes))

    def _error(self, what: str, error: Exception | str) -> StoreError:
        return StoreError(
            f"state of event {self._event!r} in DynamoDB table {self._table} "
            f"could not be {what}: {error}"
        )


class _Deserializer(TypeDeserializer):
    """Deserializes whole numbers as int, as JSON does."""

    def _deserialize_n(self, value: str) -> int | float:
        try:
            return int(value)
        except ValueError:
            return float(value)


_plain = _Deserializer().deserialize
