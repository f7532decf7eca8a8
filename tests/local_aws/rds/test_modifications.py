"""Modifications of database instances, which take time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws
from local_aws.rds.modifications import BEGIN_SEC, MODIFY_SEC

from ..clocks import StoppedClock

NAME = "production-db"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def aws(clock: StoppedClock) -> Iterator[LocalAws]:
    with LocalAws(clock=clock) as aws:
        aws.client("rds").create_db_instance(
            DBInstanceIdentifier=NAME,
            DBInstanceClass="db.r5.large",
            Engine="postgres",
            AllocatedStorage=100,
            MasterUsername="admin",
            MasterUserPassword="password",
        )
        yield aws


def modify(aws: LocalAws, **values: Any) -> dict[str, Any]:
    response = aws.client("rds").modify_db_instance(DBInstanceIdentifier=NAME, **values)
    instance: dict[str, Any] = response["DBInstance"]
    return instance


def state(aws: LocalAws) -> tuple[str, str, dict[str, Any]]:
    """Return the class, the status and the pending values of the instance."""
    [found] = aws.client("rds").describe_db_instances(DBInstanceIdentifier=NAME)["DBInstances"]
    return found["DBInstanceClass"], found["DBInstanceStatus"], found["PendingModifiedValues"]


def test_a_modification_is_pending_then_made_and_then_over(
    aws: LocalAws, clock: StoppedClock
) -> None:
    pending = {"DBInstanceClass": "db.r5.xlarge"}
    response = modify(aws, DBInstanceClass="db.r5.xlarge", ApplyImmediately=True)
    assert response["PendingModifiedValues"] == pending
    assert state(aws) == ("db.r5.large", "available", pending)
    clock.advance(BEGIN_SEC)
    assert state(aws) == ("db.r5.large", "modifying", pending)
    clock.advance(MODIFY_SEC - BEGIN_SEC)
    assert state(aws) == ("db.r5.xlarge", "available", {})


@pytest.mark.parametrize("seconds", [0, BEGIN_SEC])
def test_an_instance_that_is_being_modified_cannot_be_modified_again(
    aws: LocalAws, clock: StoppedClock, seconds: int
) -> None:
    modify(aws, DBInstanceClass="db.r5.xlarge", ApplyImmediately=True)
    clock.advance(seconds)
    with pytest.raises(ClientError, match="InvalidDBInstanceState") as raised:
        modify(aws, DBInstanceClass="db.r5.2xlarge", ApplyImmediately=True)
    assert raised.value.response["Error"]["Code"] == "InvalidDBInstanceState"


def test_without_apply_immediately_a_modification_waits_for_one_with_it(
    aws: LocalAws, clock: StoppedClock
) -> None:
    modify(aws, DBInstanceClass="db.r5.xlarge")
    clock.advance(MODIFY_SEC)
    assert state(aws) == ("db.r5.large", "available", {"DBInstanceClass": "db.r5.xlarge"})
    modify(aws, AllocatedStorage=200, ApplyImmediately=True)
    clock.advance(MODIFY_SEC)
    assert state(aws) == ("db.r5.xlarge", "available", {})


def test_a_pending_modification_can_be_withdrawn(aws: LocalAws) -> None:
    modify(aws, DBInstanceClass="db.r5.xlarge")
    modify(aws, DBInstanceClass="db.r5.large")
    assert state(aws) == ("db.r5.large", "available", {})


def test_what_changes_nothing_takes_no_time(aws: LocalAws, clock: StoppedClock) -> None:
    modify(aws, DBInstanceClass="db.r5.large", DeletionProtection=True, ApplyImmediately=True)
    clock.advance(BEGIN_SEC)
    assert state(aws) == ("db.r5.large", "available", {})


def test_an_instance_was_created_by_the_clock(aws: LocalAws, clock: StoppedClock) -> None:
    [found] = aws.client("rds").describe_db_instances(DBInstanceIdentifier=NAME)["DBInstances"]
    assert found["InstanceCreateTime"].timestamp() == clock.time()
