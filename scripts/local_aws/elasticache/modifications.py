"""Modifications and reboots of clusters, and modifications of replication groups."""

from __future__ import annotations

from functools import partial
from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.exceptions import InvalidParameterCombinationException
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from local_aws.changes import Changes
from local_aws.elasticache.creation import set_nodes
from local_aws.elasticache.states import (
    AVAILABLE,
    available_cluster,
    available_group,
    members,
    set_status,
)
from local_aws.patching import Patch

MODIFY_SEC = 20
"""How long a modification takes until the cluster or group is available again."""
REBOOT_SEC = 10
"""How long a reboot takes."""

# The parameters that change clusters only after some time, and the attributes of moto.
_SLOW = {
    "CacheNodeType": "cache_node_type",
    "EngineVersion": "engine_version",
    "NumCacheNodes": "num_cache_nodes",
}
_FAST = {
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "NotificationTopicArn": "notification_topic_arn",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "SnapshotRetentionLimit": "snapshot_retention_limit",
    "SnapshotWindow": "snapshot_window",
}


def install(patch: Patch, changes: Changes) -> None:
    """Modifications are pending first. Only those that apply immediately are ever made."""
    moto_modify_group = ElastiCacheResponse.modify_replication_group

    def modify_cache_cluster(response: ElastiCacheResponse) -> ActionResult:
        backend = response.elasticache_backend
        cluster = available_cluster(backend, response._get_param("CacheClusterId"))
        given = response._get_params()
        removed = len(given.get("CacheNodeIdsToRemove", []))
        if given.get("NumCacheNodes", cluster.num_cache_nodes) < cluster.num_cache_nodes - removed:
            raise InvalidParameterCombinationException(
                "CacheNodeIdsToRemove must name the nodes to be removed."
            )
        for name, attribute in _FAST.items():
            setattr(cluster, attribute, given.get(name, getattr(cluster, attribute, None)))
        _set_pending(cluster, given)
        if given.get("ApplyImmediately") and cluster.pending_modified_values:
            cluster.cache_cluster_status = "modifying"
            changes.after(backend, MODIFY_SEC, partial(_apply, cluster))
        return ActionResult({"CacheCluster": cluster})

    def modify_replication_group(response: ElastiCacheResponse) -> ActionResult:
        backend = response.elasticache_backend
        group = available_group(backend, response._get_param("ReplicationGroupId"))
        given = response._get_params()
        node_type = group.cache_node_type
        result = moto_modify_group(response)
        group.cache_node_type = node_type
        clusters = members(backend, group)
        for cluster in clusters:
            for name, attribute in _FAST.items():
                setattr(cluster, attribute, given.get(name, getattr(cluster, attribute, None)))
            _set_pending(cluster, given)
        pending = any(cluster.pending_modified_values for cluster in clusters)
        if given.get("ApplyImmediately") and pending:
            set_status(backend, group, "modifying")
            changes.after(backend, MODIFY_SEC, partial(_apply_to_group, backend, group))
        return result

    def reboot_cache_cluster(response: ElastiCacheResponse) -> ActionResult:
        backend = response.elasticache_backend
        cluster = available_cluster(backend, response._get_param("CacheClusterId"))
        cluster.cache_cluster_status = "rebooting cluster nodes"
        end = partial(setattr, cluster, "cache_cluster_status", AVAILABLE)
        changes.after(backend, REBOOT_SEC, end)
        return ActionResult({"CacheCluster": cluster})

    patch(ElastiCacheResponse, "modify_cache_cluster", modify_cache_cluster)
    patch(ElastiCacheResponse, "modify_replication_group", modify_replication_group)
    patch(ElastiCacheResponse, "reboot_cache_cluster", reboot_cache_cluster)


def _set_pending(cluster: Any, given: dict[str, Any]) -> None:
    for name, attribute in _SLOW.items():
        if name not in given:
            continue
        if given[name] == getattr(cluster, attribute):
            cluster.pending_modified_values.pop(name, None)
        else:
            cluster.pending_modified_values[name] = given[name]


def _apply(cluster: Any) -> None:
    for name, attribute in _SLOW.items():
        if name in cluster.pending_modified_values:
            setattr(cluster, attribute, cluster.pending_modified_values.pop(name))
    set_nodes(cluster)
    cluster.cache_cluster_status = AVAILABLE


def _apply_to_group(backend: ElastiCacheBackend, group: Any) -> None:
    clusters = members(backend, group)
    for cluster in clusters:
        _apply(cluster)
    group.cache_node_type = clusters[0].cache_node_type
    group.status = AVAILABLE
