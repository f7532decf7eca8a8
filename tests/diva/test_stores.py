"""What holds for every store: conditional writes, conflicts, and the loop that resolves them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diva.incidents import Incident
from diva.state import Claim, Record, State, from_record, to_record
from diva.stores import LONGEST_PAUSE_SEC, Conflict, Folded, Snapshot, StoreError, commit
from local_aws import LocalAws
from tests.processes import PATIENCE_SEC

from .clocks import LONG, ManualClock
from .places import EVENT, Place, new_place

KINDS = ["file", "s3", "dynamodb"]


def incident(number: int, error: str) -> Incident:
    """Return an incident that ends before that of the next number begins."""
    start = datetime.fromtimestamp(3 * number, timezone.utc)
    end = start + timedelta(seconds=2)
    return Incident(start, end, end, 2, number % 3, error or None)


times = st.datetimes(
    datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(timezone.utc)
).map(lambda time: time.replace(microsecond=time.microsecond // 1000 * 1000))
counts = st.integers(0, 10**30)
states = st.builds(
    State,
    detection_failures=counts,
    injection_failures=counts,
    injected=st.booleans(),
    healthy=st.none() | st.booleans(),
    failing_since=st.none() | times,
    alert_claim=st.none() | st.builds(Claim, st.text(min_size=1), times),
    last_error=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    incidents=st.lists(
        st.tuples(st.integers(0, 10**9), st.text(st.characters(exclude_categories=["Cs"]))),
        max_size=20,
        unique_by=lambda pair: pair[0],
    ).map(lambda found: [incident(*each) for each in sorted(found)]),
)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, aws: LocalAws, tmp_path: Path) -> Place:
    return new_place(request.param, aws, tmp_path)


def failures(record: Record) -> int:
    count = record["detection_failures"]
    assert isinstance(count, int)
    return count


def one_more(snapshot: Snapshot) -> Folded[int]:
    """A fold as the engine's: it counts on from what is there."""
    count = failures(snapshot.records.get(EVENT, {}) or ZERO) + 1
    return Folded({EVENT: {"detection_failures": count}}, count)


ZERO: Record = {"detection_failures": 0}


def test_nothing_stored_is_no_state(place: Place) -> None:
    assert place.store().read() == Snapshot({}, None)


def test_what_is_written_is_read_by_another_process(place: Place) -> None:
    store = place.store()
    written = store.write(store.read(), {EVENT: {"detection_failures": 1}})
    assert written.records[EVENT] == {"detection_failures": 1}
    assert place.store().read() == written


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(state=states)
def test_every_state_comes_back_as_it_was_written(
    aws: LocalAws, tmp_path: Path, kind: str, state: State
) -> None:
    place = new_place(kind, aws, tmp_path)
    store = place.store()
    store.write(store.read(), {EVENT: to_record(state)})
    read = from_record(store.read().records[EVENT])
    assert read == state
    assert list(read.incidents) == list(state.incidents)


def test_a_snapshot_that_was_returned_by_a_write_can_be_written_on(place: Place) -> None:
    store = place.store()
    first = store.write(store.read(), {EVENT: {"detection_failures": 1}})
    second = store.write(first, {EVENT: {"detection_failures": 2}})
    assert store.read() == second
    assert failures(second.records[EVENT]) == 2


def test_a_write_over_a_newer_state_is_a_conflict(place: Place) -> None:
    store = place.store()
    store.write(store.read(), {EVENT: {"detection_failures": 1}})
    old = store.read()
    new = place.store().write(old, {EVENT: {"detection_failures": 2}})
    with pytest.raises(Conflict):
        store.write(old, {EVENT: {"detection_failures": 7}})
    assert store.read() == new


def test_of_two_first_writes_one_is_a_conflict(place: Place) -> None:
    one, other = place.store(), place.store()
    nothing = one.read()
    first = one.write(nothing, {EVENT: {"detection_failures": 1}})
    with pytest.raises(Conflict):
        other.write(nothing, {EVENT: {"detection_failures": 1}})
    assert other.read() == first


def test_a_state_deleted_between_read_and_write_is_a_conflict_with_nothing(place: Place) -> None:
    store = place.store()
    before = store.write(store.read(), {EVENT: {"detection_failures": 4}})
    place.delete()
    with pytest.raises(Conflict):
        store.write(before, {EVENT: {"detection_failures": 5}})
    after, _ = commit(store, before, one_more, ManualClock(), LONG)
    assert after.records == {EVENT: {"detection_failures": 1}}
    assert place.store().read() == after


def test_fields_of_a_later_version_are_kept(place: Place) -> None:
    place.put({"detection_failures": 1, "from_later": {"list": [1, "two", None]}, "other": 7})
    store = place.store()
    written = store.write(store.read(), {EVENT: {"detection_failures": 2, "injected": True}})
    assert written.records[EVENT] == {
        "detection_failures": 2,
        "injected": True,
        "from_later": {"list": [1, "two", None]},
        "other": 7,
    }
    assert place.store().read().records == written.records


def test_commit_folds_again_over_what_another_run_has_written(place: Place) -> None:
    store, rival = place.store(), place.store()
    place.put({"detection_failures": 10})
    seen: list[int] = []

    def fold(snapshot: Snapshot) -> Folded[int]:
        seen.append(failures(snapshot.records[EVENT]))
        if len(seen) < 3:  # another run comes between, twice
            commit(rival, rival.read(), one_more, ManualClock(), LONG)
        return one_more(snapshot)

    after, folded = commit(store, store.read(), fold, ManualClock(), LONG)
    assert seen == [10, 11, 12]
    assert folded.result == 13, "what the last fold said, which is the one that was written"
    assert failures(after.records[EVENT]) == 13
    assert place.store().read() == after


def test_commit_with_nothing_to_write_writes_nothing(place: Place) -> None:
    place.put({"detection_failures": 1})
    before = place.store().read()
    after, _ = commit(place.store(), before, lambda _: Folded({}, None), ManualClock(), LONG)
    assert after == before
    assert place.store().read() == before


def test_commit_pauses_before_it_reads_again(place: Place) -> None:
    """What is written during the pause is no conflict."""
    store, rival = place.store(), place.store()
    clock = ManualClock()
    before = store.read()
    rival.write(before, {EVENT: {"detection_failures": 1}})
    folds: list[int] = []

    def fold(snapshot: Snapshot) -> Folded[int]:
        folded = one_more(snapshot)
        folds.append(folded.result)
        return folded

    clock.on_sleep = lambda: commit(rival, rival.read(), one_more, ManualClock(), LONG)
    commit(store, before, fold, clock, LONG)
    assert folds == [1, 3]
    assert failures(place.store().read().records[EVENT]) == 3


def test_commit_gives_up_when_no_time_is_left_and_overwrites_nothing(place: Place) -> None:
    store, rival = place.store(), place.store()
    clock = ManualClock()
    folds = 0

    def fold(snapshot: Snapshot) -> Folded[None]:
        nonlocal folds
        folds += 1
        commit(rival, rival.read(), one_more, ManualClock(), LONG)
        return Folded({EVENT: {"detection_failures": -1}}, None)

    with pytest.raises(StoreError, match=f"{EVENT}.* attempts .*nothing was overwritten"):
        commit(store, store.read(), fold, clock, LONG)
    assert failures(place.store().read().records[EVENT]) == folds
    assert LONG - LONGEST_PAUSE_SEC < clock.monotonic() < LONG


def test_writers_at_the_same_time_lose_no_count(place: Place) -> None:
    writers, rounds = 4, 10
    barrier = threading.Barrier(writers, timeout=PATIENCE_SEC)

    def write(_: int) -> None:
        store = place.store()
        for _ in range(rounds):
            snapshot = store.read()
            barrier.wait()
            commit(store, snapshot, one_more, ManualClock(), LONG)

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write, range(writers)))
    assert failures(place.store().read().records[EVENT]) == writers * rounds
