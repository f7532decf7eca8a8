"""State in S3: what is sent, how it is encrypted, and what becomes of a corrupt document."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diva.report import log_corrupt_state
from diva.stores import Folded, Snapshot, StoreError, commit
from diva.stores.s3 import S3Store
from local_aws import LocalAws

from .places import EVENT, KEY, Bucket, new_bucket

KMS_KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
KEPT = re.compile(re.escape(KEY) + r"\.corrupt-\d{8}T\d{6}\.\d{6}Z")

CORRUPT = {
    "empty": b"",
    "not JSON": b"state",
    "cut off": b'{"orders": {"injected": tr',
    "not text": b"\xff\xfe\x00\x80",
    "a list": b"[]",
    "null": b"null",
    "an entry that is no object": b'{"orders": 3}',
    "nested too deep to be read": b"[" * 200_000,
}


@pytest.fixture
def bucket(aws: LocalAws) -> Bucket:
    return new_bucket(aws)


def kept_keys(bucket: Bucket) -> list[str]:
    return [key for key in bucket.all_keys() if KEPT.fullmatch(key)]


def encryption(bucket: Bucket, key: str) -> tuple[str | None, str | None, bool | None]:
    head: Any = bucket.client.head_object(Bucket=bucket.name, Key=key)
    return tuple(
        head.get(name) for name in ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled")
    )


def test_the_document_is_json_by_event(bucket: Bucket) -> None:
    store = bucket.store()
    store.write(store.read(), {EVENT: {"injected": True}, "other": {"injected": False}})
    assert bucket.document() == {"orders": {"injected": True}, "other": {"injected": False}}
    head = bucket.client.head_object(Bucket=bucket.name, Key=KEY)
    assert head["ContentType"] == "application/json"


def test_only_the_events_that_changed_are_touched(bucket: Bucket) -> None:
    store = bucket.store()
    before = store.write(store.read(), {EVENT: {"injected": True}, "other": {"injected": True}})
    store.write(before, {"other": {"injected": False}})
    assert bucket.document() == {"orders": {"injected": True}, "other": {"injected": False}}


def test_an_event_that_is_no_longer_defined_is_taken_out(bucket: Bucket) -> None:
    store = bucket.store()
    before = store.write(store.read(), {EVENT: {"injected": True}, "gone": {"injected": True}})
    after = store.write(before, {"gone": None, "never there": None})
    assert bucket.document() == {"orders": {"injected": True}}
    assert store.read() == after


def test_writes_are_encrypted_with_the_key_given(bucket: Bucket) -> None:
    bucket.put_bytes(b"corrupt")
    store = bucket.store(kms_key_arn=KMS_KEY)
    snapshot = store.write(store.read(), {EVENT: {"injected": True}})
    assert encryption(bucket, KEY) == ("aws:kms", KMS_KEY, True)
    store.write(snapshot, {EVENT: {"injected": False}})
    assert encryption(bucket, KEY) == ("aws:kms", KMS_KEY, True)
    (kept,) = kept_keys(bucket)
    assert encryption(bucket, kept) == ("aws:kms", KMS_KEY, True)


def test_without_a_key_the_encryption_of_the_bucket_is_left_to_itself(bucket: Bucket) -> None:
    sent: list[dict[str, object]] = []

    def note(params: dict[str, object], **_: object) -> None:
        sent.append(params)

    bucket.client.meta.events.register("before-parameter-build.s3.PutObject", note)
    try:
        store = bucket.store()
        store.write(store.read(), {EVENT: {"injected": True}})
    finally:
        bucket.client.meta.events.unregister("before-parameter-build.s3.PutObject", note)
    assert len(sent) == 1
    assert not {"ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled"} & set(sent[0])


@pytest.mark.parametrize("body", CORRUPT.values(), ids=CORRUPT)
def test_a_corrupt_document_is_kept_aside_before_anything_is_written(
    bucket: Bucket, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    bucket.put_bytes(body)
    store = bucket.store()
    snapshot = store.read()
    assert snapshot.records == {}
    (kept,) = kept_keys(bucket)
    assert bucket.bytes(kept) == bucket.bytes() == body
    (line,) = caplog.records
    assert line.levelno == logging.ERROR
    assert line.getMessage().startswith(f"State s3://{bucket.name}/{KEY} is corrupt: ")
    assert f"kept as {kept}" in line.getMessage()
    store.write(snapshot, {EVENT: {"injected": True}})
    assert bucket.document() == {"orders": {"injected": True}}
    assert bucket.bytes(kept) == body


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary() | st.text().map(str.encode) | st.from_regex(rb'[\[\]{}":,0-9a-z]*'))
def test_whatever_is_stored_is_read_or_kept_aside(aws: LocalAws, body: bytes) -> None:
    bucket = new_bucket(aws)
    bucket.put_bytes(body)
    records = bucket.store().read().records
    assert records or body.strip() == b"{}" or bucket.bytes(*kept_keys(bucket)) == body
    assert bucket.bytes() == body


def test_two_corrupt_documents_are_both_kept(bucket: Bucket) -> None:
    for body in (b"one", b"two"):
        bucket.put_bytes(body)
        bucket.store().read()
    assert sorted(bucket.bytes(key) for key in kept_keys(bucket)) == [b"one", b"two"]


def test_a_document_that_becomes_corrupt_before_a_write_is_kept_aside_too(bucket: Bucket) -> None:
    store = bucket.store()
    before = store.write(store.read(), {EVENT: {"injected": True}})
    bucket.put_bytes(b"corrupt")
    commit(store, before, lambda _: Folded({EVENT: {"injected": False}}, None), lambda _: None)
    assert bucket.document() == {"orders": {"injected": False}}
    assert [bucket.bytes(key) for key in kept_keys(bucket)] == [b"corrupt"]


def test_a_missing_bucket_is_no_missing_state(aws: LocalAws) -> None:
    store = S3Store(aws.client("s3"), "no-such-bucket", KEY, log_corrupt_state)
    with pytest.raises(StoreError, match=r"s3://no-such-bucket/.*the bucket does not exist"):
        store.read()
    with pytest.raises(StoreError, match=r"could not be written.*NoSuchBucket"):
        store.write(Snapshot({}), {EVENT: {"injected": True}})
