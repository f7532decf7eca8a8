"""Caches of the embedded AWS."""

from __future__ import annotations

from typing import Any

from local_aws import LocalAws

CLUSTER, GROUP = "production-cache", "production-group"


def new_cluster(aws: LocalAws, **options: Any) -> None:
    """Create a cluster of Redis."""
    given = {"Engine": "redis", "CacheNodeType": "cache.r6g.large", "NumCacheNodes": 1, **options}
    aws.client("elasticache").create_cache_cluster(CacheClusterId=CLUSTER, **given)


def new_group(aws: LocalAws, **options: Any) -> None:
    """Create a replication group of Redis, by default of one primary and one replica."""
    given = {"Engine": "redis", "CacheNodeType": "cache.r6g.large", "NumCacheClusters": 2}
    aws.client("elasticache").create_replication_group(
        ReplicationGroupId=GROUP, ReplicationGroupDescription="-", **{**given, **options}
    )


def cluster(aws: LocalAws, name: str = CLUSTER) -> dict[str, Any]:
    """Describe a cluster with its nodes."""
    response = aws.client("elasticache").describe_cache_clusters(
        CacheClusterId=name, ShowCacheNodeInfo=True
    )
    [found] = response["CacheClusters"]
    described: dict[str, Any] = found
    return described


def group(aws: LocalAws) -> dict[str, Any]:
    """Describe the replication group."""
    response = aws.client("elasticache").describe_replication_groups(ReplicationGroupId=GROUP)
    [found] = response["ReplicationGroups"]
    described: dict[str, Any] = found
    return described
