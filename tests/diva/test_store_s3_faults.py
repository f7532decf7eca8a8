"""What the real S3 and the way to it do, and the embedded one does not. See `faulty_aws`."""

from __future__ import annotations

import pytest

from diva.deadlines import RESERVE_SEC
from diva.handler import TIMEOUT_SEC
from diva.stores import Conflict, Folded, Snapshot, StoreError, commit
from diva.stores.s3 import S3Store
from local_aws import LocalAws
from tests.faults.faulty_aws import (
    Fault,
    FaultyAws,
    access_denied,
    after,
    cut_off,
    lost_answer,
    lost_request,
    no_list_bucket,
    s3_error,
    silence,
)

from .clocks import LONG, ManualClock
from .places import EVENT, KEY, Bucket, new_bucket

ONE = {EVENT: {"detection_failures": 1}}
TWO = {EVENT: {"detection_failures": 2}}


@pytest.fixture
def bucket(aws: LocalAws) -> Bucket:
    """A bucket as it is; only stores get to it through the proxy."""
    return new_bucket(aws)


@pytest.fixture
def store(bucket: Bucket, faulty: FaultyAws) -> S3Store:
    return bucket.store(faulty.client("s3"))


def test_403_for_a_missing_key_without_list_bucket_is_a_first_run(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    faulty.always("GetObject", no_list_bucket)
    snapshot = store.read()
    assert snapshot.records == {}
    store.write(snapshot, ONE)
    assert bucket.document() == ONE
    assert store.read().records == ONE


def test_403_for_an_object_that_may_not_be_read_names_the_permission_and_overwrites_nothing(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    bucket.put_bytes(b'{"orders": {}}')
    faulty.always("GetObject", access_denied)
    with pytest.raises(StoreError, match=rf"{bucket.name}/{KEY}.*s3:GetObject.*is missing"):
        store.read()
    assert bucket.bytes() == b'{"orders": {}}'


def test_403_for_reading_and_for_writing_names_both_permissions(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    faulty.always("GetObject", no_list_bucket)
    faulty.always("PutObject", access_denied)
    with pytest.raises(StoreError, match="s3:GetObject and s3:PutObject are needed"):
        store.read()


@pytest.mark.parametrize("spoilt", ["created by another run", "the answer of the creation lost"])
def test_403_for_a_missing_key_that_is_there_after_all_is_read(
    bucket: Bucket, store: S3Store, faulty: FaultyAws, spoilt: str
) -> None:
    faulty.always("GetObject", no_list_bucket)
    if spoilt == "created by another run":
        faulty.next("PutObject", after(lambda: bucket.put_bytes(b"{}")))
    else:
        faulty.next("PutObject", lost_answer)
    snapshot = store.read()
    assert snapshot.records == {}
    store.write(snapshot, ONE)
    assert bucket.document() == ONE


def test_409_when_creating_after_a_403_is_another_run_and_no_missing_permission(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    faulty.always("GetObject", no_list_bucket)
    faulty.next("PutObject", s3_error(409, "ConditionalRequestConflict"))
    store.write(store.read(), ONE)
    assert bucket.document() == ONE


def test_403_after_a_conflict_means_deleted_meanwhile_without_list_bucket(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    before = store.write(store.read(), TWO)
    bucket.delete()
    faulty.always("GetObject", no_list_bucket)
    commit(store, before, lambda _: Folded(ONE, None), ManualClock(), LONG)
    assert bucket.document() == ONE


def test_409_while_another_write_is_under_way_is_a_conflict(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    before = store.write(store.read(), ONE)
    faulty.next("PutObject", s3_error(409, "ConditionalRequestConflict"))
    with pytest.raises(Conflict):
        store.write(before, TWO)
    assert store.read() == before
    after, _ = commit(store, before, lambda _: Folded(TWO, None), ManualClock(), LONG)
    assert after.records == TWO


@pytest.mark.parametrize("first", [True, False], ids=["creation", "update"])
def test_412_to_the_repetition_of_a_write_whose_answer_got_lost_is_success(
    bucket: Bucket, store: S3Store, faulty: FaultyAws, first: bool
) -> None:
    before = store.read() if first else store.write(store.read(), ONE)
    faulty.requests.clear()
    faulty.next("PutObject", lost_answer)
    written = store.write(before, TWO)
    assert faulty.requests == ["PutObject", "PutObject", "GetObject"]
    assert written.records == TWO
    assert store.write(written, ONE).records == ONE  # the version is the right one


def test_412_to_a_write_that_others_overwrote_before_its_repetition_is_success(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    rival = bucket.store()

    def three_more_writes() -> None:
        for count in (7, 8, 9):
            rival.write(rival.read(), {EVENT: {"detection_failures": count}})

    before = store.write(store.read(), ONE)
    faulty.next("PutObject", lost_answer, after(three_more_writes))
    written = store.write(before, TWO)
    assert written == rival.read()
    assert written.records[EVENT]["detection_failures"] == 9


def test_412_after_a_lost_request_is_the_other_runs_write(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    rival = bucket.store()
    before = store.write(store.read(), ONE)
    faulty.next("PutObject", lost_request, after(lambda: rival.write(before, TWO)))
    with pytest.raises(Conflict):
        store.write(before, {EVENT: {"detection_failures": 9}})
    assert store.read().records == TWO


def test_412_to_the_repeated_keeping_of_a_corrupt_document_is_success(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    bucket.put_bytes(b"corrupt")
    faulty.next("PutObject", lost_answer)
    assert store.read().records == {}
    assert sorted(bucket.bytes(key) for key in bucket.all_keys()) == [b"corrupt", b"corrupt"]


def test_a_corrupt_document_that_cannot_be_kept_is_not_overwritten(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    bucket.put_bytes(b"corrupt")
    faulty.always("PutObject", access_denied)
    with pytest.raises(StoreError, match="could not be kept aside although it is corrupt"):
        store.read()
    assert bucket.all_keys() == [KEY]


PASSING: dict[str, Fault] = {
    "500": s3_error(500, "InternalError"),
    "503, throttled": s3_error(503, "SlowDown"),
    "the connection breaks": lost_request,
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again(
    bucket: Bucket, store: S3Store, faulty: FaultyAws, fault: Fault
) -> None:
    bucket.put(ONE[EVENT])
    faulty.next("GetObject", fault)
    snapshot = store.read()
    assert snapshot.records == ONE
    faulty.next("PutObject", fault)
    assert store.write(snapshot, TWO).records == TWO
    assert bucket.document() == TWO


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_is_never_taken_for_no_state(
    bucket: Bucket, store: S3Store, faulty: FaultyAws, fault: Fault
) -> None:
    faulty.always("GetObject", fault)
    with pytest.raises(StoreError, match=f"s3://{bucket.name}/{KEY} could not be read"):
        store.read()
    faulty.always("PutObject", fault)
    with pytest.raises(StoreError, match=f"s3://{bucket.name}/{KEY} could not be written"):
        store.write(Snapshot({}), ONE)


def test_a_connection_closed_half_way_through_the_document_is_read_again(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    bucket.put(ONE[EVENT])
    faulty.next("GetObject", cut_off)
    assert store.read().records == ONE
    faulty.always("GetObject", cut_off)
    with pytest.raises(StoreError, match="could not be read"):
        store.read()


def test_a_hang_ends_within_the_time_kept_for_saving(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    faulty.always("GetObject", silence)
    store = bucket.store(faulty.client("s3", read_timeout=2))
    with pytest.raises(StoreError, match=r"could not be read: .*[Tt]imeout"):
        store.read()
    assert len(faulty.requests) * TIMEOUT_SEC < RESERVE_SEC


def test_a_hang_of_a_write_fails_it(bucket: Bucket, store: S3Store, faulty: FaultyAws) -> None:
    faulty.next("PutObject", silence, silence)
    store = bucket.store(faulty.client("s3", read_timeout=2))
    with pytest.raises(StoreError, match=r"could not be written: .*[Tt]imeout"):
        store.write(Snapshot({}), ONE)


def test_403_on_a_write_names_the_permission(
    bucket: Bucket, store: S3Store, faulty: FaultyAws
) -> None:
    faulty.always("PutObject", access_denied)
    with pytest.raises(StoreError, match=r"could not be written: .*AccessDenied.*s3:PutObject"):
        store.write(store.read(), ONE)
    assert bucket.all_keys() == []
