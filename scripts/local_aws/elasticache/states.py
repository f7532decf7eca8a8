"""The states of clusters and replication groups, and the errors of those that are not available."""

from __future__ import annotations

from typing import Any

from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.models import ElastiCacheBackend

AVAILABLE = "available"


class ClusterNotAvailable(ElastiCacheException):
    """The cluster is in a state that does not allow the operation."""

    code = "InvalidCacheClusterState"
    message = "Cache cluster is not in a valid state to be modified."


class GroupNotAvailable(ElastiCacheException):
    """The replication group is in a state that does not allow the operation."""

    code = "InvalidReplicationGroupState"
    message = "Replication group is not in a valid state to be modified."


def available_cluster(backend: ElastiCacheBackend, cluster_id: str) -> Any:
    """Return a cluster. Raises ClusterNotAvailable."""
    [cluster] = backend.describe_cache_clusters(cluster_id)
    if cluster.cache_cluster_status != AVAILABLE:
        raise ClusterNotAvailable
    return cluster


def available_group(backend: ElastiCacheBackend, group_id: str) -> Any:
    """Return a replication group. Raises GroupNotAvailable."""
    [group] = backend.describe_replication_groups(group_id)
    if group.status != AVAILABLE:
        raise GroupNotAvailable
    return group


def members(backend: ElastiCacheBackend, group: Any) -> list[Any]:
    """Return the clusters that a replication group has."""
    return [backend.cache_clusters[member] for member in group.member_clusters]


def set_status(backend: ElastiCacheBackend, group: Any, status: str) -> None:
    """Set the status of a replication group and all its members."""
    group.status = status
    for cluster in members(backend, group):
        cluster.cache_cluster_status = status
