"""ECS services, and what their deployments are like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ACTIVE = "ACTIVE"


class ServiceMissing(Exception):
    """A target names an ECS service that does not exist."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service of a cluster."""

    cluster: str
    service: str

    def describe(self, client: Any) -> dict[str, Any]:
        """Return the service as ECS describes it. Raises ServiceMissing."""
        response = client.describe_services(cluster=self.cluster, services=[self.service])
        if not response["services"]:
            raise ServiceMissing(
                f"There is no ECS service {self.service} in the cluster {self.cluster}."
            )
        found: dict[str, Any] = response["services"][0]
        return found


def primary(service: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the deployment that a service is going to have, empty if there is none."""
    deployments = service.get("deployments", ())
    return next((each for each in deployments if each["status"] == "PRIMARY"), {})
