"""New caches, and the end of them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws
from local_aws.elasticache.deletion import DELETE_SEC

from ..clocks import StoppedClock
from .caches import CLUSTER, GROUP, cluster, group, new_cluster, new_group


def test_a_cluster_has_nodes_which_are_described_on_request(aws: LocalAws) -> None:
    new_cluster(aws, Engine="memcached", NumCacheNodes=3, Port=11211)
    found = cluster(aws)
    assert [each["CacheNodeId"] for each in found["CacheNodes"]] == ["0001", "0002", "0003"]
    assert found["CacheNodes"][0]["Endpoint"] == {"Address": "127.0.0.1", "Port": 11211}
    assert found["ConfigurationEndpoint"] == {"Address": "127.0.0.1", "Port": 11211}
    [plain] = aws.client("elasticache").describe_cache_clusters()["CacheClusters"]
    assert "CacheNodes" not in plain


@pytest.mark.parametrize(
    ("engine", "given", "version"),
    [
        ("redis", None, "7.1.0"),
        ("redis", "6.2", "6.2.0"),
        ("valkey", None, "8.1.0"),
        ("memcached", "1.6.17", "1.6.17"),
    ],
)
def test_a_cluster_has_a_complete_version(
    aws: LocalAws, engine: str, given: str | None, version: str
) -> None:
    new_cluster(aws, Engine=engine, **({"EngineVersion": given} if given else {}))
    found = cluster(aws)
    assert (found["EngineVersion"], found["NumCacheNodes"]) == (version, 1)
    family = f"default.{engine}{version[0]}"
    assert found["CacheParameterGroup"]["CacheParameterGroupName"] == family


def test_a_cluster_keeps_its_security_groups(aws: LocalAws) -> None:
    new_cluster(aws, SecurityGroupIds=["sg-1"])
    assert cluster(aws)["SecurityGroups"] == [{"SecurityGroupId": "sg-1", "Status": "active"}]


def test_a_replication_group_has_members(aws: LocalAws) -> None:
    new_group(aws, NumCacheClusters=3, TransitEncryptionEnabled=True, AuthToken="x" * 16)
    found = group(aws)
    assert found["MemberClusters"] == [f"{GROUP}-00{number}" for number in (1, 2, 3)]
    [nodes] = found["NodeGroups"]
    assert nodes["PrimaryEndpoint"] == {"Address": "127.0.0.1", "Port": 6379}
    assert [each["CurrentRole"] for each in nodes["NodeGroupMembers"]] == [
        "primary", "replica", "replica",
    ]  # fmt: skip
    member = cluster(aws, f"{GROUP}-002")
    assert member["ReplicationGroupId"] == GROUP
    assert member["CacheNodeType"] == found["CacheNodeType"] == "cache.r6g.large"
    assert member["TransitEncryptionEnabled"] is member["AuthTokenEnabled"] is True


@pytest.mark.parametrize(
    "options", [{"NumNodeGroups": 2}, {"CacheParameterGroupName": "default.redis7.cluster.on"}]
)
def test_a_group_is_in_cluster_mode_by_its_shards_or_parameters(
    aws: LocalAws, options: dict[str, object]
) -> None:
    new_group(aws, NumCacheClusters=0, ReplicasPerNodeGroup=1, **options)
    found = group(aws)
    assert found["ClusterEnabled"] is True
    assert found["ConfigurationEndpoint"] == {"Address": "127.0.0.1", "Port": 6379}
    assert len(found["MemberClusters"]) == 2 * len(found["NodeGroups"])
    assert cluster(aws, f"{GROUP}-0001-002")["ReplicationGroupId"] == GROUP


def test_a_deleted_cluster_is_gone_after_a_while(aws: LocalAws, clock: StoppedClock) -> None:
    new_cluster(aws)
    aws.client("elasticache").delete_cache_cluster(CacheClusterId=CLUSTER)
    assert cluster(aws)["CacheClusterStatus"] == "deleting"
    with pytest.raises(ClientError, match="InvalidCacheClusterState"):
        aws.client("elasticache").delete_cache_cluster(CacheClusterId=CLUSTER)
    clock.advance(DELETE_SEC)
    with pytest.raises(ClientError, match="CacheClusterNotFound"):
        cluster(aws)


@pytest.mark.parametrize("retained", [False, True])
def test_a_deleted_group_is_gone_after_a_while_and_so_are_its_members(
    aws: LocalAws, clock: StoppedClock, retained: bool
) -> None:
    new_group(aws)
    aws.client("elasticache").delete_replication_group(
        ReplicationGroupId=GROUP, RetainPrimaryCluster=retained
    )
    assert group(aws)["Status"] == "deleting"
    clock.advance(DELETE_SEC)
    with pytest.raises(ClientError, match="ReplicationGroupNotFound"):
        group(aws)
    left = aws.client("elasticache").describe_cache_clusters()["CacheClusters"]
    assert [each["CacheClusterId"] for each in left] == ([f"{GROUP}-001"] if retained else [])
    assert all("ReplicationGroupId" not in each for each in left)


def test_a_subnet_group_is_deleted_after_its_clusters(aws: LocalAws, clock: StoppedClock) -> None:
    caches = aws.client("elasticache")
    names = {"CacheSubnetGroupName": "private"}
    caches.create_cache_subnet_group(
        **names, CacheSubnetGroupDescription="-", SubnetIds=["subnet-1"]
    )
    new_cluster(aws, **names)
    with pytest.raises(ClientError, match="CacheSubnetGroupInUse"):
        caches.delete_cache_subnet_group(**names)
    caches.delete_cache_cluster(CacheClusterId=CLUSTER)
    clock.advance(DELETE_SEC)
    caches.describe_cache_clusters()
    caches.delete_cache_subnet_group(**names)
    with pytest.raises(ClientError, match="CacheSubnetGroupNotFound"):
        caches.describe_cache_subnet_groups(**names)
