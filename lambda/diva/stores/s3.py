"""The state of all events in an S3 object, written under the condition of its ETag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
)

from ..state import Record
from . import ATTEMPTS, Changes, Conflict, Snapshot, StoreError, document, merged

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

WRITES = "diva-writes"
READ_ATTEMPTS = 2


class S3Store:
    """The object `s3://<bucket>/<key>`, encrypted with `kms_key_arn` if given.

    Its metadata `diva-writes` holds the ids of the latest writes, divided by spaces. A document
    that is not one of states is kept aside, and `on_corrupt` is told.
    """

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        key: str,
        on_corrupt: document.OnCorrupt,
        kms_key_arn: str | None = None,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._on_corrupt = on_corrupt
        self._encryption: dict[str, Any] = {}
        if kms_key_arn:
            self._encryption = {
                "ServerSideEncryption": "aws:kms",
                "SSEKMSKeyId": kms_key_arn,
                "BucketKeyEnabled": True,
            }

    def read(self) -> Snapshot:
        try:
            return self._get()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "NoSuchBucket":
                self._fail("read", error, "the bucket does not exist")
            if _status(error) == 404:
                return Snapshot({})
            if _status(error) == 403:
                return self._create_or_explain(error)
            self._fail("read", error)
        except BotoCoreError as error:
            self._fail("read", error)

    def write(self, snapshot: Snapshot, changes: Changes) -> Snapshot:
        records = merged(snapshot, changes)
        writes = snapshot.next_writes()
        try:
            return self._put(records, snapshot.version, writes)
        except ClientError as error:
            if _status(error) == 403:
                self._fail("written", error, "s3:PutObject, or use of the KMS key, may be missing")
            if not _is_conflict(error, snapshot):
                self._fail("written", error)
            fresh = self.read()
            if writes[0] in fresh.writes:
                return fresh
            raise Conflict(fresh) from error
        except BotoCoreError as error:
            self._fail("written", error)

    def _get(self) -> Snapshot:
        body, found = self._download()
        writes = tuple(found["Metadata"].get(WRITES, "").split())
        try:
            return Snapshot(document.decode(body), found["ETag"], writes)
        except document.CorruptDocument as error:
            self._keep_corrupt(body, error)
            return Snapshot({}, found["ETag"], writes)

    def _download(self) -> tuple[bytes, GetObjectOutputTypeDef]:
        for attempt in range(1, READ_ATTEMPTS + 1):
            found = self._client.get_object(Bucket=self._bucket, Key=self._key)
            try:
                return found["Body"].read(), found
            except (HTTPClientError, IncompleteReadError):
                # The client retries a request, but not the reading of its body.
                if attempt == READ_ATTEMPTS:
                    raise
        raise AssertionError("unreachable")

    def _put(
        self, records: Mapping[str, Record], version: object, writes: tuple[str, ...]
    ) -> Snapshot:
        condition: dict[str, Any] = {"IfMatch": version} if version else {"IfNoneMatch": "*"}
        answer = self._client.put_object(
            Bucket=self._bucket,
            Key=self._key,
            Body=document.encode(records),
            ContentType="application/json",
            Metadata={WRITES: " ".join(writes)},
            **condition,
            **self._encryption,
        )
        return Snapshot(records, answer["ETag"], writes)

    def _create_or_explain(self, denied: ClientError) -> Snapshot:
        """Create the object if it is missing, or raise an error if it cannot be read.

        Without s3:ListBucket, S3 answers 403 to both; only a missing one can be created.
        """
        writes = Snapshot({}).next_writes()
        for _ in range(ATTEMPTS):
            try:
                return self._put({}, None, writes)
            except ClientError as error:
                if _status(error) == 412:
                    break
                if _status(error) != 409:  # another run is creating it, and may fail
                    hint = "s3:GetObject and s3:PutObject are needed"
                    self._fail("read or created", error, hint)
            except BotoCoreError as error:
                self._fail("created", error)
        # The object exists, perhaps because another run or a lost request of this one created it.
        try:
            return self._get()
        except (ClientError, BotoCoreError):
            hint = "the object exists, so s3:GetObject, or kms:Decrypt for its key, is missing"
            self._fail("read", denied, hint)

    def _keep_corrupt(self, body: bytes, error: document.CorruptDocument) -> None:
        kept = document.kept_as(self._key)
        try:
            self._client.put_object(
                Bucket=self._bucket, Key=kept, Body=body, IfNoneMatch="*", **self._encryption
            )
        except (ClientError, BotoCoreError) as failure:
            # 412 means that the client repeated the request, because the name is unique.
            if not isinstance(failure, ClientError) or _status(failure) != 412:
                self._fail("kept aside although it is corrupt", failure)
        self._on_corrupt(f"s3://{self._bucket}/{self._key}", error, kept)

    def _fail(self, what: str, error: Exception, hint: str = "") -> NoReturn:
        text = f"state s3://{self._bucket}/{self._key} could not be {what}: {error}"
        raise StoreError(f"{text} ({hint})" if hint else text) from error


def _status(error: ClientError) -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]


def _is_conflict(error: ClientError, snapshot: Snapshot) -> bool:
    # 404: the object has been deleted in the meantime. 409: another write is in progress.
    gone = error.response["Error"]["Code"] == "NoSuchKey" and snapshot.version is not None
    return gone or _status(error) in (409, 412)
