"""Scaling caches up, by their node types or their replicas."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .stage import COOLDOWN_SEC, Account, Clock, Function, Response
from .wire import Wire

TYPES = ["cache.t3.medium", "cache.r6g.large", "cache.r6g.xlarge"]
GROUP = {"replication_group_id": "carts", "node_types": TYPES, "apply_immediately": True}
_numbers = itertools.count(1)


@pytest.fixture
def cluster(account: Account) -> Callable[[], dict[str, Any]]:
    """Makes a cluster, and returns what describes it."""
    client = account.aws.client("elasticache")
    client.create_cache_cluster(
        CacheClusterId="sessions", CacheNodeType=TYPES[0], Engine="redis", NumCacheNodes=1
    )
    return lambda: dict(
        client.describe_cache_clusters(CacheClusterId="sessions")["CacheClusters"][0]
    )


@pytest.fixture
def group(account: Account, clock: Clock) -> Callable[[], dict[str, Any]]:
    """Makes a replication group with a replica, and returns what describes it."""
    client = account.aws.client("elasticache")
    client.create_replication_group(
        ReplicationGroupId="carts",
        ReplicationGroupDescription="carts",
        Engine="redis",
        CacheNodeType=TYPES[0],
        NumCacheClusters=2,
    )
    clock.sleep(600)
    return lambda: dict(
        client.describe_replication_groups(ReplicationGroupId="carts")["ReplicationGroups"][0]
    )


def another(function: Function, clock: Clock, priority: str = "high") -> Response:
    """Scale up because of another incident, after the cooldown."""
    clock.sleep(COOLDOWN_SEC)
    incident = f"incident-{next(_numbers)}"
    return function({"target": "cache", "incidentId": incident, "priority": priority})


def test_a_backend_of_the_originals_is_answered_that_nothing_is_known_of_the_cache(
    cluster: Callable[[], dict[str, Any]], scale: Function, clock: Clock, wire: Wire
) -> None:
    clock.sleep(600)
    response = another(scale, clock)
    assert response.status == 200
    assert response.body["details"] == {
        "message": "The target has neither node_types nor max_replicas.",
        "status": "available",
    }
    assert wire.changes == []


def test_a_cluster_goes_up_in_steps(
    cluster: Callable[[], dict[str, Any]], scale: Function, clock: Clock
) -> None:
    target = {"cache_cluster_id": "sessions", "node_types": TYPES, "apply_immediately": True}
    scale.configure({"cache": target}, MAX_ACTIONS="9")
    clock.sleep(600)
    response = another(scale, clock)
    assert response.body["message"] == "Successfully scaled up cache"
    assert response.body["details"] == {
        "message": "Cache scaling initiated",
        "nodeType": "cache.r6g.large",
        "applyImmediately": True,
        "status": "modifying",
    }
    assert response.body["undo"] == (
        "aws elasticache modify-cache-cluster --cache-cluster-id sessions --cache-node-type "
        "cache.t3.medium --apply-immediately"
    )
    clock.sleep(60)
    assert cluster()["CacheNodeType"] == "cache.r6g.large"
    another(scale, clock)
    clock.sleep(60)
    assert another(scale, clock).body["message"] == "cache was not scaled up"
    assert cluster()["CacheNodeType"] == "cache.r6g.xlarge"


def test_a_group_goes_to_its_largest_type_when_it_is_critical(
    group: Callable[[], dict[str, Any]], scale: Function, clock: Clock
) -> None:
    scale.configure({"cache": GROUP})
    response = another(scale, clock, "critical")
    assert response.body["details"]["nodeType"] == "cache.r6g.xlarge"
    assert response.body["undo"].startswith("aws elasticache modify-replication-group")
    clock.sleep(60)
    assert group()["CacheNodeType"] == "cache.r6g.xlarge"


def test_a_group_that_is_being_modified_is_left_alone(
    group: Callable[[], dict[str, Any]], scale: Function, clock: Clock, wire: Wire
) -> None:
    scale.configure({"cache": GROUP}, COOLDOWN_SEC="0")
    another(scale, clock)
    response = scale({"target": "cache", "incidentId": "at the same time"})
    assert response.status == 409
    assert response.body["error"] == "The cache carts is modifying. It must be available."
    assert wire.changes == ["elasticache.ModifyReplicationGroup"]


def test_a_change_in_the_maintenance_window_is_not_made_smaller_before(
    group: Callable[[], dict[str, Any]], scale: Function, clock: Clock, wire: Wire
) -> None:
    scale.configure({"cache": {**GROUP, "apply_immediately": False}})
    response = another(scale, clock, "critical")
    assert response.body["undo"].endswith("--no-apply-immediately")
    response = another(scale, clock)
    assert response.status == 409
    assert response.body["error"] == "The cache carts has pending changes of CacheNodeType."
    assert wire.changes == ["elasticache.ModifyReplicationGroup"]


def test_a_group_gets_replicas(
    group: Callable[[], dict[str, Any]], scale: Function, clock: Clock
) -> None:
    target = {"replication_group_id": "carts", "max_replicas": 3}
    scale.configure({"cache": target}, MAX_ACTIONS="9")
    response = another(scale, clock)
    assert response.body["details"] == {
        "message": "Cache scaling initiated",
        "replicas": 2,
        "status": "modifying",
    }
    assert response.body["undo"] == (
        "aws elasticache decrease-replica-count --replication-group-id carts "
        "--new-replica-count 1 --apply-immediately"
    )
    assert another(scale, clock, "critical").body["details"]["replicas"] == 3
    assert another(scale, clock, "critical").body["message"] == "cache was not scaled up"
    assert len(group()["NodeGroups"][0]["NodeGroupMembers"]) == 4


def test_a_member_of_a_group_is_not_scaled_alone(
    group: Callable[[], dict[str, Any]], scale: Function, clock: Clock, wire: Wire
) -> None:
    member = group()["MemberClusters"][0]
    scale.configure({"cache": {"cache_cluster_id": member, "node_types": TYPES}})
    response = another(scale, clock)
    assert response.status == 409
    assert "belongs to the replication group carts" in response.body["error"]
    assert wire.changes == []


def test_no_group_loses_replicas(
    group: Callable[[], dict[str, Any]], scale: Function, clock: Clock
) -> None:
    @settings(
        max_examples=15, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(most=st.integers(1, 5), priority=st.sampled_from(["critical", "high"]))
    def holds(most: int, priority: str) -> None:
        scale.configure(
            {"cache": {"replication_group_id": "carts", "max_replicas": most}}, MAX_ACTIONS="99"
        )
        before = len(group()["NodeGroups"][0]["NodeGroupMembers"]) - 1
        another(scale, clock, priority)
        after = len(group()["NodeGroups"][0]["NodeGroupMembers"]) - 1
        assert after == max(before, most if priority == "critical" else min(before + 1, most))

    holds()
