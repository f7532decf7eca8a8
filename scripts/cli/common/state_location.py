"""State where it is kept: read without changing anything, and reset like any other write."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from diva.state import Record, State, to_record
from diva.stores import Changes, Snapshot, Store, StoreError, commit, document
from diva.stores.file import FileStore

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

ATTEMPTS = 3
TIMEOUT_SEC = 10


class Stored(Protocol):
    """A place that holds the state of events."""

    @property
    def place(self) -> str:
        """What to call it."""
        ...

    def records(self) -> Mapping[str, Record]:
        """Return what is stored, and write nothing. Raises StoreError, also if there is none."""
        ...

    def reset(self, names: Sequence[str]) -> list[str]:
        """Set the events' state to defaults; return the names of those where it was not.

        What other runs write at the same time is kept. Raises StoreError.
        """
        ...


class StoredInFile:
    """The state file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = f"state file {path}"

    def records(self) -> Mapping[str, Record]:
        try:
            return _decoded(self._path.read_bytes(), self.place)
        except FileNotFoundError as error:
            raise StoreError(f"{self.place} does not exist") from error
        except OSError as error:
            raise StoreError(f"{self.place} could not be read: {error.strerror}") from error

    def reset(self, names: Sequence[str]) -> list[str]:
        return _reset(FileStore(self._path), names)


class StoredInS3:
    """The object `s3://<bucket>/<key>`."""

    def __init__(self, bucket: str, key: str) -> None:
        self._bucket = bucket
        self._key = key
        self.place = f"s3://{bucket}/{key}"

    def records(self) -> Mapping[str, Record]:
        return self._read()[0]

    def reset(self, names: Sequence[str]) -> list[str]:
        from diva.stores.s3 import S3Store

        # What is written has the same encryption as what is there.
        _, kms_key_arn = self._read()
        return _reset(S3Store(_s3(), self._bucket, self._key, kms_key_arn), names)

    def _read(self) -> tuple[Mapping[str, Record], str | None]:
        absent = {
            "NoSuchBucket": f"bucket {self._bucket} does not exist",
            "NoSuchKey": f"{self.place} does not exist; a first run of DIVA makes it",
            "AccessDenied": f"{self.place} may not be read: s3:GetObject or, for an encrypted "
            "object, kms:Decrypt is missing, or it does not exist and s3:ListBucket is missing",
        }
        with _explained(self.place, absent):
            answer = _s3().get_object(Bucket=self._bucket, Key=self._key)
            records = _decoded(answer["Body"].read(), self.place)
        encrypted = answer.get("ServerSideEncryption") == "aws:kms"
        return records, answer.get("SSEKMSKeyId") if encrypted else None


class StoredInDynamoDB:
    """The items of a table."""

    def __init__(self, table: str) -> None:
        self._table = table
        self.place = f"DynamoDB table {table}"

    def records(self) -> Mapping[str, Record]:
        from boto3.dynamodb.types import TypeDeserializer

        from diva.stores.dynamodb import KEY, VERSION, WRITES

        deserialize = TypeDeserializer().deserialize
        records: dict[str, Record] = {}
        absent = {"ResourceNotFoundException": f"{self.place} does not exist in this region"}
        with _explained(self.place, absent):
            scan = _dynamodb().get_paginator("scan")
            for page in scan.paginate(TableName=self._table, ConsistentRead=True):
                for item in page["Items"]:
                    record = {name: _plain(deserialize(value)) for name, value in item.items()}
                    if KEY not in record:
                        raise StoreError(f"{self.place} is not one of DIVA's: no key {KEY!r}")
                    name = str(record[KEY])
                    internal = (KEY, VERSION, WRITES)
                    records[name] = {k: v for k, v in record.items() if k not in internal}
        return records

    def reset(self, names: Sequence[str]) -> list[str]:
        from diva.stores.dynamodb import DynamoDBStore

        client = _dynamodb()
        done: list[str] = []
        for name in names:
            done += _reset(DynamoDBStore(client, self._table, name), [name])
        return done


def _reset(store: Store, names: Sequence[str]) -> list[str]:
    defaults = to_record(State())
    done: list[str] = []

    def fold(snapshot: Snapshot) -> Changes:
        # An event that another run has dropped meanwhile is not brought back.
        stored = {name: snapshot.records[name] for name in names if name in snapshot.records}
        done[:] = [name for name, record in stored.items() if {**record, **defaults} != record]
        return dict.fromkeys(done, defaults)

    commit(store, store.read(), fold)
    return done


def _decoded(body: bytes, place: str) -> Mapping[str, Record]:
    try:
        return document.decode(body)
    except document.CorruptDocument as error:
        raise StoreError(f"{place} does not hold the state of events: {error}") from error


def _plain(value: object) -> object:
    """Return numbers as in JSON; DynamoDB's are decimal."""
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
    """Return the region that the AWS CLI would use; boto3 alone looks at AWS_DEFAULT_REGION."""
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
    """Turn what AWS or its client raises into a StoreError of one line."""
    from botocore import exceptions

    try:
        yield
    except exceptions.ClientError as error:
        text = by_code.get(error.response["Error"]["Code"])
        raise StoreError(text or f"{place} could not be read: {error}") from error
    except exceptions.NoCredentialsError as error:
        raise StoreError(
            f"{place} could not be read: no AWS credentials were found; set AWS_PROFILE, or "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        ) from error
    except exceptions.NoRegionError as error:
        raise StoreError(f"{place} could not be read: no region; set AWS_REGION") from error
    except exceptions.BotoCoreError as error:
        text = " ".join(str(error).split())
        raise StoreError(f"{place} could not be read: {text}") from error
