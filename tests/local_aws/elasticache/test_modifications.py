"""Modifications of caches, which take time."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws
from local_aws.elasticache.modifications import MODIFY_SEC, REBOOT_SEC

from ..clocks import StoppedClock
from .caches import CLUSTER, GROUP, cluster, group, new_cluster, new_group

LARGER = "cache.r6g.xlarge"


def modify(aws: LocalAws, **values: Any) -> None:
    aws.client("elasticache").modify_cache_cluster(CacheClusterId=CLUSTER, **values)


def modify_group(aws: LocalAws, **values: Any) -> None:
    aws.client("elasticache").modify_replication_group(ReplicationGroupId=GROUP, **values)


def set_replicas(aws: LocalAws, how: str, count: int, at_once: bool = True) -> None:
    change = getattr(aws.client("elasticache"), f"{how}_replica_count")
    change(ReplicationGroupId=GROUP, NewReplicaCount=count, ApplyImmediately=at_once)


def replicas(aws: LocalAws) -> int:
    return len(group(aws)["MemberClusters"]) - 1


def test_a_modification_of_a_cluster_takes_time(aws: LocalAws, clock: StoppedClock) -> None:
    new_cluster(aws)
    modify(aws, CacheNodeType=LARGER, ApplyImmediately=True, SnapshotRetentionLimit=3)
    found = cluster(aws)
    assert found["CacheClusterStatus"] == "modifying"
    assert found["CacheNodeType"] == "cache.r6g.large"
    assert found["PendingModifiedValues"] == {"CacheNodeType": LARGER}
    assert found["SnapshotRetentionLimit"] == 3
    with pytest.raises(ClientError, match="InvalidCacheClusterState"):
        modify(aws, CacheNodeType="cache.r6g.2xlarge", ApplyImmediately=True)
    clock.advance(MODIFY_SEC)
    found = cluster(aws)
    assert (found["CacheClusterStatus"], found["CacheNodeType"]) == ("available", LARGER)
    assert not found.get("PendingModifiedValues")


def test_nodes_can_be_added_to_a_cluster_and_removed(aws: LocalAws, clock: StoppedClock) -> None:
    new_cluster(aws, Engine="memcached")
    modify(aws, NumCacheNodes=3, ApplyImmediately=True)
    clock.advance(MODIFY_SEC)
    assert len(cluster(aws)["CacheNodes"]) == 3
    with pytest.raises(ClientError, match="CacheNodeIdsToRemove"):
        modify(aws, NumCacheNodes=2, ApplyImmediately=True)
    modify(aws, NumCacheNodes=2, CacheNodeIdsToRemove=["0003"], ApplyImmediately=True)
    clock.advance(MODIFY_SEC)
    assert len(cluster(aws)["CacheNodes"]) == 2


def test_without_apply_immediately_a_modification_stays_pending(
    aws: LocalAws, clock: StoppedClock
) -> None:
    new_cluster(aws)
    modify(aws, CacheNodeType=LARGER)
    clock.advance(MODIFY_SEC)
    found = cluster(aws)
    assert found["CacheClusterStatus"] == "available"
    assert found["PendingModifiedValues"] == {"CacheNodeType": LARGER}
    modify(aws, CacheNodeType="cache.r6g.large")
    assert not cluster(aws).get("PendingModifiedValues")


def test_the_nodes_of_a_cluster_reboot(aws: LocalAws, clock: StoppedClock) -> None:
    new_cluster(aws)
    caches = aws.client("elasticache")
    caches.reboot_cache_cluster(CacheClusterId=CLUSTER, CacheNodeIdsToReboot=["0001"])
    assert cluster(aws)["CacheClusterStatus"] == "rebooting cluster nodes"
    with pytest.raises(ClientError, match="InvalidCacheClusterState"):
        caches.reboot_cache_cluster(CacheClusterId=CLUSTER, CacheNodeIdsToReboot=["0001"])
    clock.advance(REBOOT_SEC)
    assert cluster(aws)["CacheClusterStatus"] == "available"


def test_a_modification_of_a_group_takes_time(aws: LocalAws, clock: StoppedClock) -> None:
    new_group(aws)
    modify_group(aws, CacheNodeType=LARGER, ApplyImmediately=True)
    assert (group(aws)["Status"], group(aws)["CacheNodeType"]) == ("modifying", "cache.r6g.large")
    member = cluster(aws, f"{GROUP}-002")
    assert member["CacheClusterStatus"] == "modifying"
    assert member["PendingModifiedValues"] == {"CacheNodeType": LARGER}
    with pytest.raises(ClientError, match="InvalidReplicationGroupState"):
        set_replicas(aws, "increase", 2)
    clock.advance(MODIFY_SEC)
    assert (group(aws)["Status"], group(aws)["CacheNodeType"]) == ("available", LARGER)
    member = cluster(aws, f"{GROUP}-002")
    assert (member["CacheClusterStatus"], member["CacheNodeType"]) == ("available", LARGER)


def test_a_group_can_have_pending_values(aws: LocalAws, clock: StoppedClock) -> None:
    new_group(aws)
    modify_group(aws, CacheNodeType=LARGER)
    clock.advance(MODIFY_SEC)
    assert (group(aws)["Status"], group(aws)["CacheNodeType"]) == ("available", "cache.r6g.large")
    assert cluster(aws, f"{GROUP}-001")["PendingModifiedValues"] == {"CacheNodeType": LARGER}


def test_a_change_that_takes_no_time_is_made_at_once(aws: LocalAws) -> None:
    new_group(aws)
    modify_group(aws, ReplicationGroupDescription="new", ApplyImmediately=True)
    assert (group(aws)["Status"], group(aws)["Description"]) == ("available", "new")


def test_replicas_can_be_added_to_a_group_and_removed(aws: LocalAws, clock: StoppedClock) -> None:
    new_group(aws)
    set_replicas(aws, "increase", 3)
    assert group(aws)["Status"] == "modifying"
    assert cluster(aws, f"{GROUP}-004")["CacheClusterStatus"] == "creating"
    clock.advance(MODIFY_SEC)
    assert (group(aws)["Status"], replicas(aws)) == ("available", 3)
    assert cluster(aws, f"{GROUP}-004")["CacheClusterStatus"] == "available"

    set_replicas(aws, "decrease", 1)
    assert (group(aws)["Status"], replicas(aws)) == ("modifying", 3)
    clock.advance(MODIFY_SEC)
    assert (group(aws)["Status"], replicas(aws)) == ("available", 1)
    with pytest.raises(ClientError, match="CacheClusterNotFound"):
        cluster(aws, f"{GROUP}-003")


def test_each_shard_has_its_own_replicas(aws: LocalAws, clock: StoppedClock) -> None:
    new_group(aws, NumCacheClusters=0, NumNodeGroups=2, ReplicasPerNodeGroup=1)
    set_replicas(aws, "increase", 2)
    clock.advance(MODIFY_SEC)
    shards = [len(each["NodeGroupMembers"]) for each in group(aws)["NodeGroups"]]
    assert (shards, group(aws)["MemberClusters"][-1]) == ([3, 3], f"{GROUP}-0002-003")


@pytest.mark.parametrize(
    ("how", "count", "at_once", "error"),
    [
        ("increase", 1, True, "NoOperation"),
        ("increase", 0, True, "greater than the present one"),
        ("increase", 6, True, "at most 5"),
        ("decrease", 1, True, "NoOperation"),
        ("decrease", 2, True, "less than the present one"),
        ("increase", 2, False, "ApplyImmediately must be true"),
    ],
)
def test_a_count_that_is_no_change_in_its_direction_is_refused(
    aws: LocalAws, how: str, count: int, at_once: bool, error: str
) -> None:
    new_group(aws)
    with pytest.raises(ClientError, match=error):
        set_replicas(aws, how, count, at_once)
    assert (group(aws)["Status"], replicas(aws)) == ("available", 1)
