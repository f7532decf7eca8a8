"""Places where state can be kept, each empty at first, for tests that hold for all of them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from boto3.dynamodb.types import TypeSerializer

from cli.diva.file_store import FileStore
from diva.report import log_corrupt_state
from diva.stores import Store
from diva.stores.dynamodb import DynamoDBStore
from diva.stores.s3 import S3Store
from local_aws import LocalAws

EVENT = "orders"
KEY = "diva/state.json"


class Place(Protocol):
    """Where the state of the event `orders` is kept."""

    def store(self) -> Store:
        """Return a store, as one of several processes would make it."""
        ...

    def put(self, record: Mapping[str, Any]) -> None:
        """Put a record of the event there, as something else than DIVA would."""
        ...

    def delete(self) -> None:
        """Take everything away."""
        ...


@dataclass(frozen=True, slots=True)
class File:
    """A local file."""

    path: Path

    def store(self) -> FileStore:
        return FileStore(self.path)

    def put(self, record: Mapping[str, Any]) -> None:
        self.path.write_text(json.dumps({EVENT: record}))

    def delete(self) -> None:
        self.path.unlink()


@dataclass(frozen=True, slots=True)
class Bucket:
    """An S3 bucket of its own."""

    client: Any
    name: str

    def store(self, client: Any = None, kms_key_arn: str | None = None) -> S3Store:
        return S3Store(client or self.client, self.name, KEY, log_corrupt_state, kms_key_arn)

    def put(self, record: Mapping[str, Any]) -> None:
        self.put_bytes(json.dumps({EVENT: record}).encode())

    def put_bytes(self, body: bytes) -> None:
        self.client.put_object(Bucket=self.name, Key=KEY, Body=body)

    def delete(self) -> None:
        self.client.delete_object(Bucket=self.name, Key=KEY)

    def document(self) -> Any:
        """Return what is stored, parsed."""
        return json.loads(self.bytes())

    def bytes(self, key: str = KEY) -> bytes:
        body: bytes = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        return body

    def all_keys(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return [each["Key"] for each in found]


@dataclass(frozen=True, slots=True)
class Table:
    """A DynamoDB table of its own."""

    client: Any
    name: str

    def store(self, client: Any = None, event: str = EVENT) -> DynamoDBStore:
        return DynamoDBStore(client or self.client, self.name, event)

    def put(self, record: Mapping[str, Any]) -> None:
        serialize = TypeSerializer().serialize
        item = {name: serialize(value) for name, value in {"event_id": EVENT, **record}.items()}
        self.client.put_item(TableName=self.name, Item=item)

    def delete(self) -> None:
        self.client.delete_item(TableName=self.name, Key={"event_id": {"S": EVENT}})

    def item(self, event: str = EVENT) -> Any:
        """Return what is stored, as DynamoDB has it."""
        answer = self.client.get_item(TableName=self.name, Key={"event_id": {"S": event}})
        return answer.get("Item")


def new_bucket(aws: LocalAws) -> Bucket:
    bucket = Bucket(aws.client("s3"), f"state-{uuid.uuid4().hex}")
    bucket.client.create_bucket(Bucket=bucket.name)
    return bucket


def new_table(aws: LocalAws) -> Table:
    table = Table(aws.client("dynamodb"), f"state-{uuid.uuid4().hex}")
    table.client.create_table(
        TableName=table.name,
        KeySchema=[{"AttributeName": "event_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "event_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return table


def new_place(kind: str, aws: LocalAws, folder: Path) -> Place:
    """Return an empty place of `kind`: `file`, `s3` or `dynamodb`."""
    if kind == "s3":
        return new_bucket(aws)
    if kind == "dynamodb":
        return new_table(aws)
    return File(folder / f"{uuid.uuid4().hex}.json")
