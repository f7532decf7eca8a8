"""Scaling a cache up, by its node type or by its replicas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import sizes
from .action import Change, Done, NothingToDo, Progress, Refused, State
from .aws_requests import changing
from .payload import Request

AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class Cache:
    """A replication group, or a cluster outside of one, and how far it may be scaled up."""

    name: str
    replication_group_id: str | None
    cache_cluster_id: str | None
    """The cluster, unless there is a replication group."""
    node_types: tuple[str, ...]
    """From small to large. A step goes to the next one, and a critical incident to the last one."""
    max_replicas: int | None
    """Replicas of each shard. A step adds one, and a critical incident as many as are allowed.
    None, or else there are no node types."""
    apply_immediately: bool
    """Whether the node type is changed at once. Replicas always are."""

    @property
    def id(self) -> str:
        """The id of the replication group or of the cluster."""
        return self.replication_group_id or str(self.cache_cluster_id)


@dataclass(frozen=True, slots=True)
class ElastiCacheScaling:
    """Scales a cache up."""

    target: Cache
    reading: Any
    """A client of ElastiCache."""
    acting: Any
    """A client of ElastiCache that sends no request twice."""

    def describe(self) -> State:
        if group := self.target.replication_group_id:
            groups = self.reading.describe_replication_groups(ReplicationGroupId=group)
            state = _group_state(groups["ReplicationGroups"][0])
            if not self.target.node_types:
                return state
            # Only the members of a group show that a node type is pending.
            member = self._cluster(groups["ReplicationGroups"][0]["MemberClusters"][0])
            pending = sorted({*state["pending"], *member["pending"]})
            return {**state, "pending": pending, "pendingNodeType": member["pendingNodeType"]}
        return self._cluster(self.target.id)

    def plan(self, before: State, request: Request) -> Change | NothingToDo:
        name = self.target.id
        if before["status"] != AVAILABLE:
            raise Refused(409, f"The cache {name} is {before['status']}. It must be {AVAILABLE}.")
        if before["pending"]:
            raise Refused(
                409, f"The cache {name} has pending changes of {', '.join(before['pending'])}."
            )
        if group := before.get("replicationGroupId"):
            raise Refused(
                409, f"The cache {name} belongs to the replication group {group}. Scale that up."
            )
        if self.target.max_replicas is not None:
            return self._more_replicas(before, self.target.max_replicas, request)
        if self.target.node_types:
            return self._larger_nodes(before, request)
        return self._unchanged("The target has neither node_types nor max_replicas.", before)

    def act(self, before: State, change: Change, progress: Progress, until: float) -> Done:
        with changing(self.acting):
            return self._done(change, self._modified(change.values))

    def happened(self, before: State, change: Change, now: State) -> Done | None:
        if "replicas" in change.values:
            reached = now["replicas"] >= change.values["replicas"]
        else:
            reached = change.values["nodeType"] in (now["nodeType"], now["pendingNodeType"])
        return self._done(change, now) if reached else None

    def _cluster(self, name: str) -> State:
        clusters = self.reading.describe_cache_clusters(CacheClusterId=name)
        return _cluster_state(clusters["CacheClusters"][0])

    def _modified(self, values: State) -> State:
        group = self.target.replication_group_id
        if "replicas" in values:
            response = self.acting.increase_replica_count(
                ReplicationGroupId=group, NewReplicaCount=values["replicas"], ApplyImmediately=True
            )
            return _group_state(response["ReplicationGroup"])
        how = {"CacheNodeType": values["nodeType"], "ApplyImmediately": values["applyImmediately"]}
        if group:
            response = self.acting.modify_replication_group(ReplicationGroupId=group, **how)
            return _group_state(response["ReplicationGroup"])
        response = self.acting.modify_cache_cluster(CacheClusterId=self.target.id, **how)
        return _cluster_state(response["CacheCluster"])

    def _more_replicas(self, before: State, most: int, request: Request) -> Change | NothingToDo:
        name, now = self.target.id, before["replicas"]
        goal = min(most if request.is_critical else now + 1, most)
        if goal <= now:
            return self._unchanged(
                f"{name} has {now} replicas. At most {most} are allowed.", before
            )
        return Change(
            f"raise the replicas of each shard of {name} from {now} to {goal}",
            {"replicas": goal},
            f"aws elasticache decrease-replica-count --replication-group-id {name} "
            f"--new-replica-count {now} --apply-immediately",
        )

    def _larger_nodes(self, before: State, request: Request) -> Change | NothingToDo:
        name, now = self.target.id, before["nodeType"]
        larger = sizes.above(self.target.node_types, now)
        if larger is None:
            raise Refused(
                409,
                f"The node type {now} of {name} cannot be compared with those that are allowed. "
                "Add it to node_types.",
            )
        if not larger:
            return self._unchanged(f"{name} has nodes of {now}. No larger type is allowed.", before)
        goal = larger[-1] if request.is_critical else larger[0]
        immediately = self.target.apply_immediately
        when = "at once" if immediately else "in the next maintenance window"
        command, option = "modify-cache-cluster", "cache-cluster-id"
        if self.target.replication_group_id:
            command, option = "modify-replication-group", "replication-group-id"
        return Change(
            f"change the node type of {name} from {now} to {goal} {when}",
            {"nodeType": goal, "applyImmediately": immediately},
            f"aws elasticache {command} --{option} {name} --cache-node-type {now} "
            f"--{'' if immediately else 'no-'}apply-immediately",
        )

    def _unchanged(self, reason: str, before: State) -> NothingToDo:
        return NothingToDo(
            {
                "message": f"{self.target.name} was not scaled up",
                "details": {"message": reason, "status": before["status"]},
            }
        )

    def _done(self, change: Change, after: State) -> Done:
        return Done(
            {
                "message": f"Successfully scaled up {self.target.name}",
                "details": {
                    "message": "Cache scaling initiated",
                    **change.values,
                    "status": after["status"],
                },
            },
            after,
        )


def _group_state(group: Mapping[str, Any]) -> dict[str, Any]:
    shards = [len(each.get("NodeGroupMembers", ())) - 1 for each in group.get("NodeGroups", ())]
    pending = group.get("PendingModifiedValues") or {}
    return {
        "nodeType": group.get("CacheNodeType"),
        "replicas": max(shards, default=0),
        "status": group["Status"],
        **_pending(pending),
    }


def _cluster_state(cluster: Mapping[str, Any]) -> dict[str, Any]:
    state = {
        "nodeType": cluster.get("CacheNodeType"),
        "status": cluster["CacheClusterStatus"],
        **_pending(cluster.get("PendingModifiedValues") or {}),
    }
    group = cluster.get("ReplicationGroupId")
    return {**state, "replicationGroupId": group} if group else state


def _pending(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "pending": sorted(name for name, value in values.items() if value not in (None, [], {})),
        "pendingNodeType": values.get("CacheNodeType"),
    }
