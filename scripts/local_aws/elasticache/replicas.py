"""How many replicas a replication group has, which moto cannot change."""

from __future__ import annotations

from functools import partial
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.elasticache.exceptions import InvalidParameterValueException
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from local_aws.changes import Changes
from local_aws.elasticache.creation import HOST, add_member
from local_aws.elasticache.modifications import MODIFY_SEC
from local_aws.elasticache.states import AVAILABLE, available_group, set_status
from local_aws.patching import Patch

MOST_REPLICAS = 5


class NoOperation(ServiceException):
    """The group already has as many replicas."""

    code = "NoOperationFault"
    message = "The replication group already has the requested number of replicas."


def install(patch: Patch, changes: Changes) -> None:
    """Add the operations that change it. The primary of each node group is its first member."""

    def increase_replica_count(response: ElastiCacheResponse) -> ActionResult:
        backend, group, count = _asked(response)
        if count > MOST_REPLICAS or count < _replicas(group):
            raise InvalidParameterValueException(
                "The number of replicas per node group must be greater than the present one, and "
                f"at most {MOST_REPLICAS}."
            )
        set_status(backend, group, "modifying")
        for node_group in group.node_groups:
            while len(node_group["node_group_members"]) <= count:
                _add(backend, group, node_group)
        changes.after(backend, MODIFY_SEC, partial(set_status, backend, group, AVAILABLE))
        return ActionResult({"ReplicationGroup": group})

    def decrease_replica_count(response: ElastiCacheResponse) -> ActionResult:
        backend, group, count = _asked(response)
        if count < 0 or count > _replicas(group):
            raise InvalidParameterValueException(
                "The number of replicas per node group must be less than the present one."
            )
        set_status(backend, group, "modifying")
        changes.after(backend, MODIFY_SEC, partial(_remove, backend, group, count))
        return ActionResult({"ReplicationGroup": group})

    patch(ElastiCacheResponse, "increase_replica_count", increase_replica_count)
    patch(ElastiCacheResponse, "decrease_replica_count", decrease_replica_count)


def _asked(response: ElastiCacheResponse) -> tuple[ElastiCacheBackend, Any, int]:
    backend = response.elasticache_backend
    group = available_group(backend, response._get_param("ReplicationGroupId"))
    if not response._get_bool_param("ApplyImmediately"):
        raise InvalidParameterValueException("ApplyImmediately must be true.")
    count = response._get_int_param("NewReplicaCount")
    if count == _replicas(group):
        raise NoOperation
    return backend, group, count


def _replicas(group: Any) -> int:
    return len(group.node_groups[0]["node_group_members"]) - 1


def _add(backend: ElastiCacheBackend, group: Any, node_group: dict[str, Any]) -> None:
    present = node_group["node_group_members"]
    stem = present[0]["cache_cluster_id"].rpartition("-")[0]
    cluster_id = f"{stem}-{len(present) + 1:0>3}"
    present.append(
        {
            **present[0],
            "cache_cluster_id": cluster_id,
            "read_endpoint": {"address": HOST, "port": group.port},
            "current_role": "replica",
        }
    )
    group.member_clusters.append(cluster_id)
    add_member(backend, group, cluster_id).cache_cluster_status = "creating"


def _remove(backend: ElastiCacheBackend, group: Any, count: int) -> None:
    for node_group in group.node_groups:
        for member in node_group["node_group_members"][count + 1 :]:
            del backend.cache_clusters[member["cache_cluster_id"]]
            group.member_clusters.remove(member["cache_cluster_id"])
        del node_group["node_group_members"][count + 1 :]
    set_status(backend, group, AVAILABLE)
