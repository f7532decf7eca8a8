"""Scaling databases, services and caches up."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from incident_actions import sizes

from .stage import CLUSTER, COOLDOWN_SEC, Account, Clock, Function, Response
from .wire import Wire

# As in the requirements, word for word.
PAYLOAD = {
    "action": "scale_up",
    "target": "database",
    "incidentId": "incident-1",
    "priority": "critical",
}
SERVICE = {"cluster": CLUSTER, "service": "production-api-service"}
_numbers = itertools.count(1)


def another(function: Function, clock: Clock, target: str, priority: str = "high") -> Response:
    """Scale up because of another incident, after the cooldown."""
    clock.sleep(COOLDOWN_SEC)
    incident = f"another-{next(_numbers)}"
    return function({"target": target, "incidentId": incident, "priority": priority})


def test_a_backend_of_the_originals_scales_a_database_up(
    account: Account, scale: Function, clock: Clock
) -> None:
    account.database("db.r5.large")
    response = scale(PAYLOAD)
    assert response.status == 200
    assert response.body["message"] == "Successfully scaled up database"
    assert response.body["incidentId"] == "incident-1"
    assert response.body["details"] == {"instanceClass": "db.r5.2xlarge", "status": "available"}
    clock.sleep(60)
    assert account.instance_class() == "db.r5.2xlarge"


def test_a_backend_of_the_originals_scales_a_service_up(account: Account, scale: Function) -> None:
    account.service(count=2)
    response = scale({**PAYLOAD, "target": "api"})
    assert response.status == 200
    assert response.body["message"] == "Successfully scaled up api"
    assert response.body["details"] == {"desiredCount": 10, "status": "ACTIVE"}
    assert account.described()["desiredCount"] == 10


def test_priorities_below_critical_go_as_far_as_those_of_the_originals(
    account: Account, scale: Function, clock: Clock
) -> None:
    account.database("db.r5.large")
    account.service(count=2)
    assert another(scale, clock, "database").body["details"]["instanceClass"] == "db.r5.xlarge"
    assert another(scale, clock, "api").body["details"]["desiredCount"] == 5
    clock.sleep(60)
    for target in ("database", "api"):
        response = another(scale, clock, target)
        assert response.status == 200
        assert response.body["message"] == f"{target} was not scaled up"
    assert account.instance_class() == "db.r5.xlarge"
    assert account.described()["desiredCount"] == 5


def test_a_missing_priority_is_not_critical(account: Account, scale: Function) -> None:
    account.service(count=2)
    assert scale({"target": "api", "incidentId": "1"}).body["details"]["desiredCount"] == 5


def test_the_answer_says_how_to_undo_it(account: Account, scale: Function) -> None:
    account.service(count=2)
    account.database("db.r5.large")
    assert scale({**PAYLOAD, "target": "api"}).body["undo"] == (
        "aws ecs update-service --cluster production-cluster --service production-api-service "
        "--desired-count 2"
    )
    assert scale(PAYLOAD).body["undo"] == (
        "aws rds modify-db-instance --db-instance-identifier orders-db "
        "--db-instance-class db.r5.large --apply-immediately"
    )


def test_a_service_goes_up_in_steps_to_its_maximum(
    account: Account, scale: Function, clock: Clock
) -> None:
    account.service(count=2)
    scale.configure({"api": {**SERVICE, "step": 3, "max_count": 7}}, MAX_ACTIONS="9")
    counts = []
    for _ in range(3):
        another(scale, clock, "api")
        counts.append(account.described()["desiredCount"])
    assert counts == [5, 7, 7]


def test_the_minimum_of_a_scalable_target_is_raised(
    account: Account, scale: Function, wire: Wire
) -> None:
    account.service(count=2)
    account.scalable(2, 20)
    response = scale({**PAYLOAD, "target": "api"})
    assert response.body["details"]["desiredCount"] == 10
    assert account.capacity() == (10, 20)
    assert wire.changes == ["application-auto-scaling.RegisterScalableTarget"]
    assert response.body["undo"].endswith(
        "--resource-id service/production-cluster/production-api-service --min-capacity 2"
    )


def test_the_maximum_of_a_scalable_target_is_respected(account: Account, scale: Function) -> None:
    account.service(count=2)
    account.scalable(2, 4)
    assert scale({**PAYLOAD, "target": "api"}).body["details"]["desiredCount"] == 4
    assert account.capacity() == (4, 4)


def test_a_database_goes_up_in_steps_to_its_largest_class(
    account: Account, scale: Function, clock: Clock
) -> None:
    account.database("db.t3.medium")
    classes = ["db.t3.medium", "db.t3.large", "db.m6g.2xlarge"]
    target = {"db_instance_id": "orders-db", "instance_classes": classes, "apply_immediately": True}
    scale.configure({"database": target}, MAX_ACTIONS="9")
    reached = []
    for _ in range(3):
        another(scale, clock, "database")
        clock.sleep(60)
        reached.append(account.instance_class())
    assert reached == ["db.t3.large", "db.m6g.2xlarge", "db.m6g.2xlarge"]


def test_a_database_that_may_not_change_at_once_changes_in_the_maintenance_window(
    account: Account, scale: Function, clock: Clock
) -> None:
    account.database("db.r5.large")
    scale.configure({"database": {"db_instance_id": "orders-db"}})
    response = scale(PAYLOAD)
    assert response.status == 200
    assert response.body["after"]["pendingClass"] == "db.r5.2xlarge"
    assert response.body["undo"].endswith("--no-apply-immediately")
    clock.sleep(60)
    assert account.instance_class() == "db.r5.large"
    response = another(scale, clock, "database", "critical")
    assert response.status == 409
    assert response.body["error"] == (
        "The database orders-db has pending changes of DBInstanceClass."
    )


def test_a_database_that_is_being_modified_is_left_alone(
    account: Account, scale: Function, clock: Clock, wire: Wire
) -> None:
    account.database("db.r5.large")
    scale(PAYLOAD)
    clock.sleep(10)
    scale.configure(COOLDOWN_SEC="0")
    response = scale({**PAYLOAD, "incidentId": "incident-2"})
    assert response.status == 409
    assert response.body["error"] == "The database orders-db is modifying. It must be available."
    assert wire.changes == ["rds.ModifyDBInstance"]


def test_a_database_of_a_class_that_cannot_be_compared_is_left_alone(
    account: Account, scale: Function, wire: Wire
) -> None:
    account.database("db.x1e.xlarge")
    response = scale(PAYLOAD)
    assert response.status == 409
    assert "Add it to instance_classes." in response.body["error"]
    assert wire.changes == []


@pytest.mark.parametrize(
    ("larger", "smaller"),
    [
        ("db.r5.xlarge", "db.r5.large"),
        ("db.r5.10xlarge", "db.r5.2xlarge"),
        ("db.r5.large", "db.m6g.large"),
        ("db.t3.medium", "db.t3.small"),
        ("db.x2g.2xlarge", "db.x2g.xlarge"),
        ("cache.r6g.xlarge", "cache.t3.medium"),
    ],
)
def test_one_class_is_larger_than_the_other(larger: str, smaller: str) -> None:
    assert sizes.is_larger(larger, smaller)
    assert not sizes.is_larger(smaller, larger)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("db.r5.xlarge", "db.r6g.xlarge"),
        ("db.m5.2xlarge", "db.r5.xlarge"),  # more vCPUs, as much memory
        ("db.c5.2xlarge", "db.r5.large"),
        ("db.t3.xlarge", "db.m5.large"),  # more vCPUs, but burstable ones
        ("db.x2g.large", "db.r5.4xlarge"),
        ("db.m2.2xlarge", "db.r5.large"),
        ("db.serverless", "db.r5.large"),
        ("cache.r5.xlarge", "db.r5.large"),
        ("db.r5.2xlarge.tpc2.mem8x", "db.r5.large"),
    ],
)
def test_which_of_two_classes_is_larger_is_unknown(one: str, other: str) -> None:
    assert not sizes.is_larger(one, other)


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        (
            {"db": {"db_instance_id": "a", "instance_classes": ["db.r5.xlarge", "db.r5.large"]}},
            "must go from small to large, but has db.r5.large after db.r5.xlarge",
        ),
        (
            {"db": {"db_instance_id": "a", "instance_classes": ["db.r5.large", "db.r5.large"]}},
            "must go from small to large",
        ),
        ({"a": {"db_instance_id": "a"}, "b": {"db_instance_id": "a"}}, "database a twice"),
        ({"a": SERVICE, "b": SERVICE}, "twice"),
        ({"api": {**SERVICE, "step": 0}}, "step of the target 'api' in TARGETS"),
        ({"api": {**SERVICE, "max_count": "10"}}, "must be a whole number from 1"),
        ({"c": {"cache_cluster_id": "c", "max_replicas": 2}}, "unknown fields: max_replicas"),
        (
            {"c": {"replication_group_id": "c", "max_replicas": 2, "node_types": ["x"]}},
            "must have node_types or max_replicas, but has both",
        ),
        ({"db": {"db_instance_id": "a", "apply_immediately": "yes"}}, "must be true or false"),
        ({"x": {}}, "cache_cluster_id of the target 'x'"),
    ],
)
def test_invalid_targets_are_named(scale: Function, targets: Any, expected: str) -> None:
    scale.configure(targets)
    with pytest.raises(Exception, match=expected):
        scale(PAYLOAD)


def test_without_any_target_the_function_says_what_to_set(scale: Function) -> None:
    scale.configure(ECS_CLUSTER_NAME=None, DB_INSTANCE_ID=None, CACHE_CLUSTER_ID=None)
    with pytest.raises(Exception, match="TARGETS is not set"):
        scale(PAYLOAD)
