"""Clearing a cache by rebooting its ElastiCache cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .action import Change, Done, OutcomeUnknown, Progress, Refused, State
from .aws_requests import changing
from .payload import Request

AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class CacheReboot:
    """Reboots all nodes of a cluster, which lose what they have in memory."""

    name: str
    cache_cluster_id: str
    reading: Any
    """A client of ElastiCache."""
    acting: Any
    """A client of ElastiCache that sends no request twice."""

    def describe(self) -> State:
        response = self.reading.describe_cache_clusters(
            CacheClusterId=self.cache_cluster_id, ShowCacheNodeInfo=True
        )
        cluster = response["CacheClusters"][0]
        return {
            "status": cluster["CacheClusterStatus"],
            "nodeIds": [each["CacheNodeId"] for each in cluster.get("CacheNodes", ())],
            "clusterMode": self._is_in_cluster_mode(cluster.get("ReplicationGroupId")),
        }

    def plan(self, before: State, request: Request) -> Change:
        cluster_id = self.cache_cluster_id
        if before["clusterMode"]:
            raise Refused(
                409, f"The cache {cluster_id} is in cluster mode, in which it cannot be rebooted."
            )
        if before["status"] != AVAILABLE:
            raise Refused(
                409, f"The cache {cluster_id} is {before['status']}. It must be {AVAILABLE}."
            )
        nodes = before["nodeIds"]
        return Change(
            f"reboot the nodes {', '.join(nodes)} of the cache {cluster_id}",
            {"cacheClusterId": cluster_id, "nodeIds": nodes},
            "Lost keys cannot be restored. The application fills its cache again.",
        )

    def act(self, before: State, change: Change, progress: Progress, until: float) -> Done:
        with changing(self.acting):
            response = self.acting.reboot_cache_cluster(
                CacheClusterId=self.cache_cluster_id,
                CacheNodeIdsToReboot=change.values["nodeIds"],
            )
        return self._done({"status": response["CacheCluster"]["CacheClusterStatus"]})

    def happened(self, before: State, change: Change, now: State) -> Done | None:
        if now["status"] != AVAILABLE:
            return self._done({"status": now["status"]})
        raise OutcomeUnknown(
            f"Whether the cache {self.cache_cluster_id} was rebooted is unknown, since the run "
            "that was to do it ended early. To reboot it, send another incident."
        )

    def _is_in_cluster_mode(self, replication_group_id: str | None) -> bool:
        if replication_group_id is None:
            return False
        response = self.reading.describe_replication_groups(ReplicationGroupId=replication_group_id)
        return bool(response["ReplicationGroups"][0].get("ClusterEnabled"))

    def _done(self, after: State) -> Done:
        return Done({"message": "Cache cleared successfully", "target": self.name}, after)
