"""What the example of the incident actions acts on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..demonstration import Outputs

if TYPE_CHECKING:
    from local_aws import LocalAws

_LONG_SEC = 3600
"""Longer than any change of AWS takes."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much capacity there is."""

    tasks: int
    instance_class: str
    replicas: int


@dataclass(frozen=True, slots=True)
class System:
    """The service, the database and the cache."""

    aws: LocalAws
    outputs: Outputs

    def service(self) -> dict[str, Any]:
        """Return the service as ECS describes it."""
        described = self.aws.client("ecs").describe_services(
            cluster=self.outputs["cluster_name"], services=[self.outputs["service_name"]]
        )
        found: dict[str, Any] = described["services"][0]
        return found

    def deployments(self) -> list[str]:
        """Return the IDs of the deployments that are under way, the latest first."""
        return [each["id"] for each in self.service()["deployments"]]

    def sizes(self) -> Sizes:
        """Let all changes end, and return the sizes."""
        self.aws.advance(_LONG_SEC)
        databases = self.aws.client("rds").describe_db_instances(
            DBInstanceIdentifier=self.outputs["db_instance_id"]
        )
        groups = self.aws.client("elasticache").describe_replication_groups(
            ReplicationGroupId=self.outputs["replication_group_id"]
        )
        return Sizes(
            self.service()["desiredCount"],
            databases["DBInstances"][0]["DBInstanceClass"],
            len(groups["ReplicationGroups"][0]["MemberClusters"]) - 1,
        )
