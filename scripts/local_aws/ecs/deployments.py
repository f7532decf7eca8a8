"""The deployments of a service, and the tasks that they start and stop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from moto.ecs.models import EC2ContainerServiceBackend, Service
from moto.moto_api._internal import mock_random

from local_aws.changes import Changes

START_SEC = 5
"""How long a task is pending."""
COMPLETE_SEC = 15
"""How long a deployment takes until all other tasks have stopped."""

Deployment = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deployments:
    """Lets tasks start and stop. The first deployment of a service is its primary one."""

    changes: Changes

    def begin(self, backend: EC2ContainerServiceBackend, service: Service) -> None:
        """Start the tasks of a service that moto has just created, with its first deployment."""
        if service.deployments:
            self._expect(backend, service, service.deployments[0])

    def replace(
        self, backend: EC2ContainerServiceBackend, service: Service, desired_count: int
    ) -> None:
        """Begin another deployment, which replaces the tasks of those before."""
        service.desired_count = desired_count
        before: Deployment = service.deployments[0]
        for each in service.deployments:
            each.update(status="ACTIVE", pendingCount=0)
        deployment_id = f"ecs-svc/{mock_random.randint(0, 32**12)}"
        deployment = {
            **before,
            "id": deployment_id,
            "status": "PRIMARY",
            "taskDefinition": service.task_definition,
            "networkConfiguration": service.network_configuration,
            "platformVersion": service.platform_version,
            "desiredCount": desired_count,
            "pendingCount": desired_count,
            "runningCount": 0,
            "failedTasks": 0,
            "createdAt": self.changes.utcnow(),
            "updatedAt": self.changes.utcnow(),
            "rolloutState": "IN_PROGRESS",
            "rolloutStateReason": f"ECS deployment {deployment_id} in progress.",
        }
        service.deployments.insert(0, deployment)
        _count(service)
        self._expect(backend, service, deployment)

    def scale(
        self, backend: EC2ContainerServiceBackend, service: Service, desired_count: int
    ) -> None:
        """Start or stop tasks of the primary deployment."""
        if desired_count == service.desired_count:
            return
        service.desired_count = desired_count
        if not service.deployments:
            return
        deployment: Deployment = service.deployments[0]
        running = min(deployment["runningCount"], desired_count)
        deployment.update(
            desiredCount=desired_count, runningCount=running, pendingCount=desired_count - running
        )
        _count(service)
        self.changes.after(backend, START_SEC, partial(self._run, service, deployment))

    def end(self, service: Service) -> None:
        """Stop all tasks."""
        service.desired_count = 0
        service.deployments = []
        _count(service)

    def _expect(
        self, backend: EC2ContainerServiceBackend, service: Service, deployment: Deployment
    ) -> None:
        self.changes.after(backend, START_SEC, partial(self._run, service, deployment))
        self.changes.after(backend, COMPLETE_SEC, partial(self._complete, service, deployment))

    def _run(self, service: Service, deployment: Deployment) -> None:
        if not _is_primary(service, deployment):
            return
        started = deployment["pendingCount"]
        deployment.update(runningCount=deployment["desiredCount"], pendingCount=0)
        _count(service)
        if started:
            self._report(service, f"has started {started} tasks.")

    def _complete(self, service: Service, deployment: Deployment) -> None:
        if not _is_primary(service, deployment):
            return
        service.deployments = [deployment]
        deployment.update(
            rolloutState="COMPLETED",
            rolloutStateReason=f"ECS deployment {deployment['id']} completed.",
            updatedAt=self.changes.utcnow(),
        )
        _count(service)
        self._report(service, "has reached a steady state.")

    def _report(self, service: Service, what: str) -> None:
        message = f"(service {service.name}) {what}"
        now = self.changes.utcnow()
        service.events.insert(0, {"id": str(uuid4()), "createdAt": now, "message": message})


def _is_primary(service: Service, deployment: Deployment) -> bool:
    return bool(service.deployments) and service.deployments[0] is deployment


def _count(service: Service) -> None:
    """Let the counts of a service and its cluster be those of the deployments."""
    cluster = service._backend._get_cluster(service.cluster_name)
    deployments: list[Deployment] = service.deployments
    running = sum(each["runningCount"] for each in deployments)
    pending = sum(each["pendingCount"] for each in deployments)
    cluster.running_tasks_count += running - service.running_count
    cluster.pending_tasks_count += pending - service.pending_count
    service.running_count, service.pending_count = running, pending
