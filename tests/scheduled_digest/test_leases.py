"""The leases in DynamoDB, on the embedded AWS and in what stands in for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diva_common import clients
from local_aws import LocalAws
from scheduled_digest import lambda_function
from scheduled_digest.lambda_function import RunFailed
from scheduled_digest.leases import KEPT_SEC, Held, Lease, Leases

from ..https_server import Clock
from .conftest import AT, World
from .tables import Tables
from .web import status

ID = "daily#2026-11-23#lease"


@pytest.fixture(scope="module")
def dynamodb(aws: LocalAws) -> Any:
    client = aws.client("dynamodb")
    client.create_table(
        TableName="leases",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return client


@pytest.fixture
def leases_of(dynamodb: Any, clock: Clock) -> Callable[[str], Leases]:
    """Returns the leases as a run sees them, which is named."""
    dynamodb.delete_item(TableName="leases", Key={"id": {"S": ID}})
    return lambda owner: Leases(dynamodb, "leases", owner, clock)


def item(dynamodb: Any) -> dict[str, Any]:
    found: dict[str, Any] = dynamodb.get_item(TableName="leases", Key={"id": {"S": ID}})["Item"]
    return found


def test_a_lease_has_one_owner_until_it_expires(
    leases_of: Callable[[str], Leases], clock: Clock
) -> None:
    one, other = leases_of("one"), leases_of("other")
    assert one.claim(ID, AT + 60) == Lease.CLAIMED
    assert other.claim(ID, AT + 90) == Held(AT + 60)
    clock.now = AT + 59.999
    assert other.claim(ID, AT + 90) == Held(AT + 60)
    clock.now = AT + 60
    assert other.claim(ID, AT + 90) == Lease.CLAIMED
    assert one.claim(ID, AT + 99) == Held(AT + 90)


def test_an_owner_whose_answer_was_lost_claims_again(leases_of: Callable[[str], Leases]) -> None:
    one = leases_of("one")
    assert one.claim(ID, AT + 60) == Lease.CLAIMED
    assert one.claim(ID, AT + 60) == Lease.CLAIMED


def test_what_is_sent_is_never_claimed_again(
    leases_of: Callable[[str], Leases], clock: Clock, dynamodb: Any
) -> None:
    one, other = leases_of("one"), leases_of("other")
    one.claim(ID, AT + 60)
    clock.now = AT + 5
    one.record(ID)
    clock.now = AT + 10**6
    for each in (one, other):
        each.release(ID)
        assert each.claim(ID, AT + 10**7) == Lease.SENT
    assert item(dynamodb) == {
        "id": {"S": ID},
        "status": {"S": "sent"},
        "owner": {"S": "one"},
        "sent_at": {"N": str(int(AT) + 5)},
        "expires_at": {"N": str(int(AT) + 5 + KEPT_SEC)},
    }


def test_a_lease_that_is_released_is_free(leases_of: Callable[[str], Leases]) -> None:
    one, other = leases_of("one"), leases_of("other")
    one.claim(ID, AT + 60)
    other.release(ID)
    assert other.claim(ID, AT + 60) == Held(AT + 60)
    one.release(ID)
    assert other.claim(ID, AT + 60) == Lease.CLAIMED
    one.release(ID)
    assert one.claim(ID, AT + 60) == Held(AT + 60)


def test_what_was_recorded_is_known_to_all(leases_of: Callable[[str], Leases]) -> None:
    one, other = leases_of("one"), leases_of("other")
    assert other.recorded_after(ID) is None
    one.record(ID)
    assert other.recorded_after(ID) is None
    one.record(ID, "7")
    assert other.recorded_after(ID) == "7"


def test_runs_on_dynamodb_request_each_digest_once(
    world: World, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lambda_function, "client", clients.client)
    world.database.add([{}] * 20)
    world.site.faults.append(status(400))
    with pytest.raises(RunFailed, match=r"^1 digests could not be triggered\.$"):
        world.service.call({})
    values = world.service.call({})
    assert (values["DigestsTriggered"], values["DigestsSkipped"]) == (1, 19)
    assert world.backend.asked == {f"daily#2026-11-23#{each}": 1 for each in range(1, 21)}
    items = dynamodb.scan(TableName="leases")["Items"]
    sent = {each["id"]["S"] for each in items if each["status"]["S"] == "sent"}
    assert sent >= world.backend.asked.keys()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "record", "release", "recorded_after"]),
        st.sampled_from(["one", "other"]),
        st.sampled_from([0.0, 0.5, 30.0]),
    ),
    max_size=10,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_what_stands_in_for_dynamodb_behaves_alike(
    dynamodb: Any, steps: list[tuple[str, str, float]]
) -> None:
    dynamodb.delete_item(TableName="leases", Key={"id": {"S": ID}})
    clock = Clock(AT)
    tables = Tables()
    for name, owner, seconds in steps:
        clock.now += seconds
        results = []
        for client in (dynamodb, tables):
            method = getattr(Leases(client, "leases", owner, clock), name)
            arguments: dict[str, list[object]] = {"claim": [clock.now + 30], "record": [owner]}
            more = arguments.get(name, [])
            results.append(method(ID, *more))
        assert results[0] == results[1]
