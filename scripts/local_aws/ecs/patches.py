"""Patches of ECS: deployments take time, services keep what they are given, and end."""

from __future__ import annotations

from typing import Any

from botocore import xform_name
from moto.core.responses import ActionResult
from moto.ecs import models
from moto.ecs.exceptions import ECSException
from moto.ecs.models import EC2ContainerServiceBackend, Service, ecs_backends
from moto.ecs.responses import EC2ContainerServiceResponse

from local_aws.changes import Changes
from local_aws.clock import Clock
from local_aws.ecs.deployments import Deployments
from local_aws.patching import Patch

# What CreateService takes and moto does not keep.
_FORGOTTEN = (
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "placementConstraints",
    "placementStrategy",
)
_DEPLOYMENT_CONFIGURATION = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
}
# A change of one of these replaces the tasks.
_OF_TASKS = ("capacity_provider_strategy", "network_configuration", "platform_version")


class ServiceNotActive(ECSException):
    """The service has been deleted."""

    def __init__(self) -> None:
        super().__init__("ServiceNotActiveException", "Service was not ACTIVE.")


def install(patch: Patch, clock: Clock) -> None:
    """In moto, tasks never start, and deleted services are listed and updated like all others."""
    changes = Changes(clock)
    deployments = Deployments(changes)

    def ecs_backend(response: EC2ContainerServiceResponse) -> EC2ContainerServiceBackend:
        backend = ecs_backends[response.current_account][response.region]
        changes.make_due(backend)
        return backend

    patch(EC2ContainerServiceResponse, "ecs_backend", property(ecs_backend))
    patch(models, "utcnow", changes.utcnow)
    _install_creation(patch, deployments)
    _install_update(patch, deployments)
    _install_deletion(patch, deployments)


def _install_creation(patch: Patch, deployments: Deployments) -> None:
    """On an empty network configuration, which moto answers with, the Terraform provider fails."""
    moto_create = EC2ContainerServiceResponse.create_service

    def create_service(response: EC2ContainerServiceResponse) -> ActionResult:
        result = moto_create(response)
        backend = response.ecs_backend
        cluster = response._get_param("cluster", "default")
        service = backend._get_service(cluster, response._get_param("serviceName"))
        for name in _FORGOTTEN:
            setattr(service, xform_name(name), response._get_param(name))
        _set_deployment_configuration(service, response._get_param("deploymentConfiguration"))
        service.network_configuration = service.network_configuration or None  # type: ignore[assignment]
        deployments.begin(backend, service)
        return result

    patch(EC2ContainerServiceResponse, "create_service", create_service)


def _install_update(patch: Patch, deployments: Deployments) -> None:
    def update_service(backend: EC2ContainerServiceBackend, properties: dict[str, Any]) -> Service:
        given = {name: value for name, value in properties.items() if value is not None}
        name = str(given.pop("service")).rpartition("/")[2]
        service = backend._get_service(given.pop("cluster", "default"), name)
        if service.status != "ACTIVE":
            raise ServiceNotActive
        replaced = given.pop("force_new_deployment", False)
        desired_count = given.pop("desired_count", service.desired_count)
        if task_definition := given.pop("task_definition", None):
            given["task_definition"] = backend.describe_task_definition(task_definition).arn
        replaced |= service.task_definition != given.get("task_definition", service.task_definition)
        replaced |= any(
            name in given and given[name] != getattr(service, name, None) for name in _OF_TASKS
        )
        _set_deployment_configuration(service, given.pop("deployment_configuration", None))
        for name, value in given.items():
            setattr(service, name, value)
        if replaced and service.deployments:
            deployments.replace(backend, service, int(desired_count))
        else:
            deployments.scale(backend, service, int(desired_count))
        return service

    patch(EC2ContainerServiceBackend, "update_service", update_service)


def _install_deletion(patch: Patch, deployments: Deployments) -> None:
    moto_delete = EC2ContainerServiceBackend.delete_service
    moto_list = EC2ContainerServiceBackend.list_services

    def delete_service(
        backend: EC2ContainerServiceBackend, cluster_name: str, service_name: str, force: bool
    ) -> Service:
        found = backend._get_service(cluster_name, service_name)
        if found.status != "ACTIVE":
            raise ServiceNotActive
        service = moto_delete(backend, cluster_name, service_name, force)
        deployments.end(service)
        return service

    def list_services(
        backend: EC2ContainerServiceBackend, cluster_str: str, *arguments: Any, **options: Any
    ) -> list[str]:
        listed = moto_list(backend, cluster_str, *arguments, **options)
        found, _ = backend.describe_services(cluster_str, listed)
        return [service.arn for service in found if service.status == "ACTIVE"]

    patch(EC2ContainerServiceBackend, "delete_service", delete_service)
    patch(EC2ContainerServiceBackend, "list_services", list_services)


def _set_deployment_configuration(service: Any, given: dict[str, Any] | None) -> None:
    before = getattr(service, "deployment_configuration", None) or _DEPLOYMENT_CONFIGURATION
    service.deployment_configuration = {**before, **(given or {})}
