"""Objects in S3."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..clock import Clock
from .arguments import Body, rendered, require, require_body, require_text, require_whole
from .aws import call
from .callback import Detection, Injection, Unhealthy
from .permission import Permission, arn


@dataclass(frozen=True, slots=True)
class s3_newer_than(Detection):  # noqa: N801
    """Detects that an object whose key begins with `prefix` was written within `max_age_sec`.

    IAM actions: `s3:ListBucket` on the bucket, for the prefix.
    """

    bucket: str
    _: KW_ONLY
    prefix: str
    max_age_sec: int
    clock: Clock = field(default=Clock(), repr=False, compare=False)

    def __post_init__(self) -> None:
        self.check_timeout()
        _require_bucket(self, self.bucket)
        require_text(self, "prefix", self.prefix, "reports/")
        require_whole(self, "max_age_sec", self.max_age_sec, 1)

    @property
    def subject(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    @property
    def permissions(self) -> tuple[Permission, ...]:
        bucket = arn("s3", self.bucket, is_global=True)
        return (Permission("s3:ListBucket", bucket, ("s3:prefix", self.prefix)),)

    def detect(self, event_name: str) -> bool | Unhealthy:
        oldest = self.clock.now() - timedelta(seconds=self.max_age_sec)
        newest: datetime | None = None
        more: dict[str, Any] = {}
        while True:
            page = call(
                "s3",
                "list_objects_v2",
                "s3:ListBucket",
                Bucket=self.bucket,
                Prefix=self.prefix,
                **more,
            )
            for each in page.get("Contents", []):
                newest = max(newest or each["LastModified"], each["LastModified"])
            if newest and newest >= oldest:
                return True
            if not page.get("IsTruncated"):
                break
            more = {"ContinuationToken": page["NextContinuationToken"]}
        if newest is None:
            return Unhealthy(f"no object begins with {self.subject}")
        return Unhealthy(
            f"the newest object of {self.subject} is of {newest:%Y-%m-%d %H:%M:%S} UTC, older than "
            f"{self.max_age_sec} s"
        )


@dataclass(frozen=True, slots=True)
class s3_put(Injection):  # noqa: N801
    """Writes an object.

    IAM actions: `s3:PutObject` on the object; `kms:GenerateDataKey` if the bucket encrypts with a
    key of your own.
    """

    bucket: str
    _: KW_ONLY
    key: str
    body: Body

    def __post_init__(self) -> None:
        self.check_timeout()
        _require_bucket(self, self.bucket)
        require_text(self, "key", self.key, "orders/probe.json")
        require_body(self, "body", self.body)

    @property
    def subject(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return (Permission("s3:PutObject", arn("s3", f"{self.bucket}/{self.key}", is_global=True)),)

    def inject(self, event_name: str) -> None:
        body = rendered(self.body, event_name).encode()
        call("s3", "put_object", "s3:PutObject", Bucket=self.bucket, Key=self.key, Body=body)


def _require_bucket(maker: object, bucket: object) -> None:
    is_name = isinstance(bucket, str) and 3 <= len(bucket) <= 63 and ":" not in bucket
    right = "the name of a bucket, for example 'my-reports'"
    require(is_name and "/" not in str(bucket), maker, "bucket", bucket, right)
