"""Locations of state, to inspect and reset the state of a deployment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from diva.report import log_corrupt_state
from diva.state import Record
from diva.stores import Store, StoreError, document

from .aws_client import client, explained

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client


class StateLocation(Protocol):
    """A location that contains the state of events."""

    @property
    def name(self) -> str:
        """The name of the location in messages."""
        ...

    def records(self) -> Mapping[str, Record]:
        """Return the stored records. Raises StoreError, also if there is no state."""
        ...

    def stores(self, events: Sequence[str]) -> Iterator[tuple[Store, Sequence[str]]]:
        """Yield the stores that contain `events`, each with its events. Raises StoreError."""
        ...


class S3Location:
    """The object `s3://<bucket>/<key>`."""

    def __init__(self, bucket: str, key: str) -> None:
        self._bucket = bucket
        self._key = key
        self.name = f"s3://{bucket}/{key}"

    def records(self) -> Mapping[str, Record]:
        return self._read()[0]

    def stores(self, events: Sequence[str]) -> Iterator[tuple[Store, Sequence[str]]]:
        from diva.stores.s3 import S3Store

        # A write keeps the encryption of the object.
        _, kms_key_arn = self._read()
        store = S3Store(_s3(), self._bucket, self._key, log_corrupt_state, kms_key_arn)
        yield store, events

    def _read(self) -> tuple[Mapping[str, Record], str | None]:
        absent = {
            "NoSuchBucket": f"bucket {self._bucket} does not exist",
            "NoSuchKey": f"{self.name} does not exist. The first run of DIVA creates it",
            "AccessDenied": f"access to {self.name} was denied. Reading it requires s3:GetObject "
            "and, if it is encrypted with a KMS key, kms:Decrypt. Without s3:ListBucket, an object "
            "that does not exist is reported in the same way",
        }
        with _explained(self.name, absent):
            answer = _s3().get_object(Bucket=self._bucket, Key=self._key)
            records = decoded(answer["Body"].read(), self.name)
        encrypted = answer.get("ServerSideEncryption") == "aws:kms"
        return records, answer.get("SSEKMSKeyId") if encrypted else None


class DynamoDBLocation:
    """The items of the DynamoDB table `table`."""

    def __init__(self, table: str) -> None:
        self._table = table
        self.name = f"DynamoDB table {table}"

    def records(self) -> Mapping[str, Record]:
        from boto3.dynamodb.types import TypeDeserializer

        from diva.stores.dynamodb import KEY, VERSION, WRITES

        deserialize = TypeDeserializer().deserialize
        records: dict[str, Record] = {}
        absent = {"ResourceNotFoundException": f"{self.name} does not exist in this region"}
        with _explained(self.name, absent):
            scan = _dynamodb().get_paginator("scan")
            for page in scan.paginate(TableName=self._table, ConsistentRead=True):
                for item in page["Items"]:
                    record = {name: _plain(deserialize(value)) for name, value in item.items()}
                    if KEY not in record:
                        raise StoreError(
                            f"{self.name} is not a state table of DIVA: an item has no key {KEY!r}"
                        )
                    name = str(record[KEY])
                    internal = (KEY, VERSION, WRITES)
                    records[name] = {k: v for k, v in record.items() if k not in internal}
        return records

    def stores(self, events: Sequence[str]) -> Iterator[tuple[Store, Sequence[str]]]:
        from diva.stores.dynamodb import DynamoDBStore

        client = _dynamodb()
        for event in events:
            yield DynamoDBStore(client, self._table, event), [event]


def decoded(body: bytes, place: str) -> Mapping[str, Record]:
    """Return the records in the document `body`. Raises StoreError, which names `place`."""
    try:
        return document.decode(body)
    except document.CorruptDocument as error:
        raise StoreError(f"{place} does not contain the state of events: {error}") from error


def _plain(value: object) -> object:
    """Return the decimal numbers of DynamoDB as JSON has them."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _s3() -> S3Client:
    with _explained("S3", {}):
        s3: S3Client = client("s3")
        return s3


def _dynamodb() -> DynamoDBClient:
    with _explained("DynamoDB", {}):
        dynamodb: DynamoDBClient = client("dynamodb")
        return dynamodb


def _explained(place: str, by_code: Mapping[str, str]) -> AbstractContextManager[None]:
    """Return a context that raises errors of AWS and its client as a StoreError of one line."""
    return explained(f"{place} could not be read", by_code, StoreError)
