"""Deletions, which end."""

from __future__ import annotations

from functools import partial
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.models import CacheCluster, ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

from local_aws.changes import Changes
from local_aws.elasticache.states import available_cluster, available_group, set_status
from local_aws.patching import Patch

DELETE_SEC = 5
"""How long a deletion takes."""


class SubnetGroupInUse(ElastiCacheException):
    """A cluster is in the subnet group."""

    code = "CacheSubnetGroupInUse"
    message = "The cache subnet group is currently in use."


def install(patch: Patch, changes: Changes) -> None:
    """In moto, clusters and groups are `deleting` for ever, and subnet groups cannot be deleted."""

    def delete_cache_cluster(backend: ElastiCacheBackend, cache_cluster_id: str) -> CacheCluster:
        cluster: CacheCluster = available_cluster(backend, cache_cluster_id)
        cluster.cache_cluster_status = "deleting"
        end = partial(backend.cache_clusters.pop, cache_cluster_id, None)
        changes.after(backend, DELETE_SEC, end)
        return cluster

    def delete_replication_group(
        backend: ElastiCacheBackend, replication_group_id: str, retain_primary_cluster: bool | None
    ) -> ReplicationGroup:
        group: ReplicationGroup = available_group(backend, replication_group_id)
        set_status(backend, group, "deleting")
        kept = group.member_clusters[:1] if retain_primary_cluster else []
        changes.after(backend, DELETE_SEC, partial(_end, backend, group, kept))
        return group

    def delete_cache_subnet_group(response: ElastiCacheResponse) -> ActionResult:
        backend = response.elasticache_backend
        [group] = backend.describe_cache_subnet_groups(response._get_param("CacheSubnetGroupName"))
        name = group.cache_subnet_group_name
        if any(each.cache_subnet_group_name == name for each in backend.cache_clusters.values()):
            raise SubnetGroupInUse
        del backend.cache_subnet_groups[name]
        return EmptyResult()

    patch(ElastiCacheBackend, "delete_cache_cluster", delete_cache_cluster)
    patch(ElastiCacheBackend, "delete_replication_group", delete_replication_group)
    patch(ElastiCacheResponse, "delete_cache_subnet_group", delete_cache_subnet_group)


def _end(backend: ElastiCacheBackend, group: Any, kept: list[str]) -> None:
    for member in group.member_clusters:
        if member in kept:
            backend.cache_clusters[member].replication_group_id = None
            backend.cache_clusters[member].cache_cluster_status = "available"
        else:
            del backend.cache_clusters[member]
    del backend.replication_groups[group.replication_group_id]
