"""State in DynamoDB: one item per event, and what the real service and the way to it do."""

from __future__ import annotations

from typing import Any

import pytest

from diva.deadlines import RESERVE_SEC
from diva.handler import TIMEOUT_SEC
from diva.state import InvalidState, State, from_record, to_record
from diva.stores import Conflict, Folded, Snapshot, StoreError, commit
from diva.stores.dynamodb import DynamoDBStore
from local_aws import LocalAws
from tests.faults.faulty_aws import (
    Fault,
    FaultyAws,
    after,
    cut_off,
    dynamodb_error,
    lost_answer,
    lost_request,
    silence,
)

from .clocks import LONG, ManualClock
from .places import EVENT, Table, new_table

ONE = {EVENT: {"detection_failures": 1}}
TWO = {EVENT: {"detection_failures": 2}}


@pytest.fixture
def table(aws: LocalAws) -> Table:
    """A table as it is; only stores get to it through the proxy."""
    return new_table(aws)


@pytest.fixture
def store(table: Table, faulty: FaultyAws) -> DynamoDBStore:
    return table.store(faulty.client("dynamodb"))


def test_fields_are_attributes_beside_the_version(table: Table, store: DynamoDBStore) -> None:
    first = store.write(store.read(), {EVENT: to_record(State(injected=True))})
    item = table.item()
    assert item["event_id"] == {"S": EVENT}
    assert item["injected"] == {"BOOL": True}
    assert item["detection_failures"] == {"N": "0"}
    assert item["healthy"] == {"NULL": True}
    assert item["version"] == {"N": "1"}
    store.write(first, ONE)
    assert table.item()["version"] == {"N": "2"}


def test_what_is_not_a_field_of_the_state_stays_out_of_the_record(store: DynamoDBStore) -> None:
    store.write(store.read(), ONE)
    assert store.read().records == ONE


def test_reads_are_strongly_consistent(store: DynamoDBStore, table: Table, aws: LocalAws) -> None:
    sent: list[Any] = []

    def note(params: Any, **_: object) -> None:
        sent.append(params)

    client = aws.client("dynamodb")
    client.meta.events.register("before-parameter-build.dynamodb.GetItem", note)
    try:
        table.store(client).read()
    finally:
        client.meta.events.unregister("before-parameter-build.dynamodb.GetItem", note)
    assert [params["ConsistentRead"] for params in sent] == [True]


def test_events_do_not_touch_each_other(table: Table, faulty: FaultyAws) -> None:
    client = faulty.client("dynamodb")
    orders, other = table.store(client), table.store(client, "other")
    orders.write(orders.read(), ONE)
    other.write(other.read(), {"other": {"detection_failures": 7}})
    assert orders.read().records == ONE
    assert table.item("other")["detection_failures"] == {"N": "7"}


def test_only_the_actions_of_the_documentation_are_used(
    store: DynamoDBStore, faulty: FaultyAws
) -> None:
    before = store.write(store.read(), ONE)
    store.write(before, TWO)
    with pytest.raises(Conflict):
        store.write(before, TWO)
    assert set(faulty.requests) == {"GetItem", "UpdateItem"}


def test_an_item_without_version_is_taken_over(table: Table, store: DynamoDBStore) -> None:
    table.put({"detection_failures": 5})
    snapshot = store.read()
    assert snapshot == Snapshot({EVENT: {"detection_failures": 5}}, None)
    store.write(snapshot, TWO)
    assert table.item()["version"] == {"N": "1"}
    with pytest.raises(Conflict):
        store.write(snapshot, ONE)


def test_an_item_whose_version_is_no_number_is_taken_over(
    table: Table, store: DynamoDBStore
) -> None:
    table.put({"detection_failures": 5, "version": "seven"})
    snapshot = store.read()
    store.write(snapshot, TWO)
    assert store.read().records == TWO
    with pytest.raises(Conflict):
        store.write(snapshot, ONE)


def test_attributes_of_others_stay_as_they_are(table: Table, store: DynamoDBStore) -> None:
    others = {
        "tags": {"a", "b"},
        "blob": b"\x00\xff",
        "nested": {"list": [1, None, {"deep": True}]},
        "size": 7,
    }
    table.put({"detection_failures": 1, **others})
    before = table.item()
    store.write(store.read(), TWO)
    after_write = table.item()
    assert {name: after_write[name] for name in others} == {name: before[name] for name in others}


def test_a_field_of_the_wrong_type_is_shown_to_the_reader_of_the_record(
    table: Table, store: DynamoDBStore
) -> None:
    table.put({"detection_failures": {1, 2}})
    with pytest.raises(InvalidState, match="detection_failures is "):
        from_record(store.read().records[EVENT])


@pytest.mark.parametrize("first", [True, False], ids=["creation", "update"])
def test_a_failed_condition_of_a_repetition_whose_first_answer_got_lost_is_success(
    table: Table, store: DynamoDBStore, faulty: FaultyAws, first: bool
) -> None:
    before = store.read() if first else store.write(store.read(), ONE)
    faulty.requests.clear()
    faulty.next("UpdateItem", lost_answer)
    written = store.write(before, TWO)
    assert faulty.requests == ["UpdateItem", "UpdateItem"]
    assert written == store.read()
    assert table.item()["version"] == {"N": "1" if first else "2"}
    assert store.write(written, ONE).records == ONE  # the version is the right one


def test_a_write_that_others_overwrote_before_its_repetition_is_success(
    table: Table, store: DynamoDBStore, faulty: FaultyAws
) -> None:
    rival = table.store()

    def three_more_writes() -> None:
        for count in (7, 8, 9):
            rival.write(rival.read(), {EVENT: {"detection_failures": count}})

    before = store.write(store.read(), ONE)
    faulty.next("UpdateItem", lost_answer, after(three_more_writes))
    written = store.write(before, TWO)
    assert written == rival.read()
    assert written.records[EVENT]["detection_failures"] == 9


def test_a_failed_condition_after_a_lost_request_is_the_other_runs_write(
    table: Table, store: DynamoDBStore, faulty: FaultyAws
) -> None:
    rival = table.store()
    before = store.write(store.read(), ONE)
    faulty.next("UpdateItem", lost_request, after(lambda: rival.write(before, TWO)))
    with pytest.raises(Conflict):
        store.write(before, {EVENT: {"detection_failures": 9}})
    assert store.read().records == TWO


PASSING: dict[str, Fault] = {
    "500": dynamodb_error(500, "InternalServerError"),
    "503": dynamodb_error(503, "ServiceUnavailable"),
    "throttled": dynamodb_error(400, "ProvisionedThroughputExceededException"),
    "too many requests": dynamodb_error(400, "ThrottlingException"),
    "the connection breaks": lost_request,
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_passes_is_tried_again(
    table: Table, store: DynamoDBStore, faulty: FaultyAws, fault: Fault
) -> None:
    table.put(ONE[EVENT])
    faulty.next("GetItem", fault)
    snapshot = store.read()
    assert snapshot.records == ONE
    faulty.next("UpdateItem", fault)
    assert store.write(snapshot, TWO).records == TWO
    assert store.read().records == TWO


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_is_never_taken_for_no_state(
    table: Table, store: DynamoDBStore, faulty: FaultyAws, fault: Fault
) -> None:
    table.put(ONE[EVENT])
    place = f"'{EVENT}' in DynamoDB table {table.name}"
    faulty.always("GetItem", fault)
    with pytest.raises(StoreError, match=f"{place} could not be read"):
        store.read()
    faulty.always("UpdateItem", fault)
    with pytest.raises(StoreError, match=f"{place} could not be written"):
        store.write(Snapshot(ONE), TWO)


def test_a_connection_closed_half_way_through_the_item_is_read_again(
    table: Table, store: DynamoDBStore, faulty: FaultyAws
) -> None:
    table.put(ONE[EVENT])
    faulty.next("GetItem", cut_off)
    assert store.read().records == ONE
    faulty.always("GetItem", cut_off)
    with pytest.raises(StoreError, match="could not be read"):
        store.read()


@pytest.mark.parametrize("operation", ["GetItem", "UpdateItem"])
def test_a_hang_ends_within_the_time_kept_for_saving(
    table: Table, faulty: FaultyAws, operation: str
) -> None:
    faulty.always(operation, silence)
    store = table.store(faulty.client("dynamodb", read_timeout=2))
    with pytest.raises(StoreError, match=r"[Tt]imeout"):
        commit(store, store.read(), lambda _: Folded(ONE, None), ManualClock(), LONG)
    assert faulty.requests.count(operation) * TIMEOUT_SEC < RESERVE_SEC


def test_a_missing_table_is_no_missing_state(aws: LocalAws) -> None:
    store = DynamoDBStore(aws.client("dynamodb"), "no-such-table", EVENT)
    with pytest.raises(StoreError, match=r"no-such-table could not be read.*ResourceNotFound"):
        store.read()
    with pytest.raises(StoreError, match=r"no-such-table could not be written.*ResourceNotFound"):
        store.write(Snapshot({}), ONE)


@pytest.mark.parametrize(("operation", "verb"), [("GetItem", "read"), ("UpdateItem", "written")])
def test_access_denied_names_the_action(
    store: DynamoDBStore, faulty: FaultyAws, operation: str, verb: str
) -> None:
    faulty.always(operation, dynamodb_error(400, "AccessDeniedException"))
    with pytest.raises(StoreError, match=f"could not be {verb}: .*AccessDenied.*{operation}"):
        commit(store, store.read(), lambda _: Folded(ONE, None), ManualClock(), LONG)
