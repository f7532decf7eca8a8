"""A service of the embedded AWS."""

from __future__ import annotations

from typing import Any

from local_aws import LocalAws

CLUSTER, SERVICE = "production-cluster", "production-api-service"


def new_service(aws: LocalAws, **options: Any) -> None:
    """Create a cluster, and a service in it with two tasks."""
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName=CLUSTER)
    containers = [{"name": "api", "image": "api:1", "memory": 128}]
    ecs.register_task_definition(family="api", containerDefinitions=containers)
    given = {"desiredCount": 2, "taskDefinition": "api", **options}
    ecs.create_service(cluster=CLUSTER, serviceName=SERVICE, **given)


def described(aws: LocalAws) -> dict[str, Any]:
    [service] = aws.client("ecs").describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    found: dict[str, Any] = service
    return found


def update(aws: LocalAws, **options: Any) -> dict[str, Any]:
    response = aws.client("ecs").update_service(cluster=CLUSTER, service=SERVICE, **options)
    updated: dict[str, Any] = response["service"]
    return updated


def tasks(service: dict[str, Any]) -> list[tuple[str, int, int, int]]:
    """Return the deployments: status, and how many tasks are desired, running and pending."""
    return [
        (each["status"], each["desiredCount"], each["runningCount"], each["pendingCount"])
        for each in service["deployments"]
    ]
