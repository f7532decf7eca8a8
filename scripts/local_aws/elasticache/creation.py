"""New clusters and replication groups, with what AWS adds to them."""

from __future__ import annotations

import inspect
from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.models import CacheCluster, ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

from local_aws.patching import Patch

HOST = "127.0.0.1"
"""The address of all caches: a server can be started there, on the port of the cache."""

_VERSIONS = {"memcached": "1.6.22", "redis": "7.1.0", "valkey": "8.1.0"}
_NODES = "CacheClusterMessage.CacheClusters.CacheCluster.CacheNodes"


def install(patch: Patch) -> None:
    """Add the members of groups, the nodes of clusters, and what a plan of Terraform reads."""
    moto_create_cluster = ElastiCacheBackend.create_cache_cluster
    moto_create_group = ElastiCacheBackend.create_replication_group
    moto_describe = ElastiCacheResponse.describe_cache_clusters

    def create_cache_cluster(backend: ElastiCacheBackend, **given: Any) -> CacheCluster:
        cluster = moto_create_cluster(backend, **given)
        _complete(cluster)
        return cluster

    def create_replication_group(backend: ElastiCacheBackend, **given: Any) -> ReplicationGroup:
        if given["num_cache_clusters"] and not given["replicas_per_node_group"]:
            given["replicas_per_node_group"] = given["num_cache_clusters"] - 1
        parameters = given["cache_parameter_group_name"] or ""
        if parameters.endswith(".cluster.on") or (given["num_node_groups"] or 1) > 1:
            given["cluster_mode"] = "enabled"
        group = moto_create_group(backend, **given)
        for node_group in group.node_groups:
            for endpoint in ("primary_endpoint", "reader_endpoint"):
                if group.cluster_mode != "enabled":
                    node_group[endpoint] = {"address": HOST, "port": group.port}
        if group.cluster_mode == "enabled":
            group.configuration_endpoint["address"] = HOST
        for member in group.member_clusters:
            add_member(backend, group, member)
        return group

    def describe_cache_clusters(response: ElastiCacheResponse) -> ActionResult:
        if response._get_bool_param("ShowCacheNodeInfo"):
            response._include_in_response(_NODES)
        else:
            response._exclude_from_response(_NODES)
        return moto_describe(response)

    patch(ElastiCacheBackend, "create_cache_cluster", create_cache_cluster)
    patch(ElastiCacheBackend, "create_replication_group", create_replication_group)
    patch(ElastiCacheResponse, "describe_cache_clusters", describe_cache_clusters)


def add_member(backend: ElastiCacheBackend, group: Any, cluster_id: str) -> Any:
    """Add a cluster that is a member of a replication group, and return it."""
    names = inspect.signature(CacheCluster.__init__).parameters
    given: dict[str, Any] = {name: getattr(group, name, None) for name in names if name != "self"}
    given |= {
        "account_id": backend.account_id,
        "region_name": backend.region_name,
        "cache_cluster_id": cluster_id,
        "tags": None,
    }
    cluster: Any = CacheCluster(**given)
    cluster.auth_token_enabled = group.auth_token_enabled
    cluster.at_rest_encryption_enabled = group.at_rest_encryption_enabled
    cluster.replication_group_id = group.replication_group_id
    backend.cache_clusters[cluster_id] = cluster
    _complete(cluster)
    return cluster


def set_nodes(cluster: Any) -> None:
    """Let a cluster have as many nodes as it says."""
    cluster.cache_nodes = [
        {
            "cache_node_id": f"{number + 1:0>4}",
            "cache_node_status": "available",
            "cache_node_create_time": cluster.cache_cluster_create_time,
            "endpoint": {"address": HOST, "port": cluster.port},
            "parameter_group_status": "in-sync",
            "customer_availability_zone": cluster.preferred_availability_zone or "us-east-1a",
        }
        for number in range(cluster.num_cache_nodes)
    ]


def _complete(cluster: Any) -> None:
    version = cluster.engine_version or _VERSIONS[cluster.engine]
    cluster.engine_version = version if version.count(".") > 1 else f"{version}.0"
    cluster.num_cache_nodes = getattr(cluster, "num_cache_nodes", 1)
    cluster.pending_modified_values = {}
    cluster.security_groups = [
        {"security_group_id": each, "status": "active"} for each in cluster.security_group_ids
    ]
    family = f"{cluster.engine}{version.partition('.')[0]}"
    parameters = cluster.cache_parameter_group_name or f"default.{family}"
    cluster.cache_parameter_group = {"cache_parameter_group_name": parameters}
    if cluster.engine == "memcached":
        cluster.configuration_endpoint = {"address": HOST, "port": cluster.port}
    set_nodes(cluster)
