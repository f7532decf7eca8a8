"""Locations of state, to inspect and reset the state of a deployment."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from diva.report import log_corrupt_state
from diva.state import Record
from diva.stores import Store, StoreError, document

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

ATTEMPTS = 3
TIMEOUT_SEC = 10


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
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _s3() -> S3Client:
    import boto3

    with _explained("S3", {}):
        client: S3Client = boto3.client("s3", region_name=_region(), config=_config())
        return client


def _dynamodb() -> DynamoDBClient:
    import boto3

    with _explained("DynamoDB", {}):
        client: DynamoDBClient = boto3.client("dynamodb", region_name=_region(), config=_config())
        return client


def _region() -> str | None:
    """Return AWS_REGION, which the AWS CLI reads and boto3 does not."""
    return os.environ.get("AWS_REGION") or None


def _config() -> Config:
    from botocore.config import Config

    return Config(
        connect_timeout=TIMEOUT_SEC,
        read_timeout=TIMEOUT_SEC,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )


@contextmanager
def _explained(place: str, by_code: Mapping[str, str]) -> Iterator[None]:
    """Raise errors of AWS and its client as a StoreError of one line."""
    from botocore import exceptions

    try:
        yield
    except exceptions.ClientError as error:
        text = by_code.get(error.response["Error"]["Code"])
        raise StoreError(text or f"{place} could not be read: {error}") from error
    except exceptions.NoCredentialsError as error:
        raise StoreError(
            f"{place} could not be read: no AWS credentials were found. Set AWS_PROFILE, or "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        ) from error
    except exceptions.NoRegionError as error:
        raise StoreError(
            f"{place} could not be read: no AWS region is set. Set AWS_REGION"
        ) from error
    except exceptions.BotoCoreError as error:
        text = " ".join(str(error).split())
        raise StoreError(f"{place} could not be read: {text}") from error
