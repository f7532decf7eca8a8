"""The limits of scalable targets: in moto they have no effect, and can contradict each other."""

from __future__ import annotations

from functools import partial
from typing import Any

from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, FakeScalableTarget
from moto.ecs.models import EC2ContainerServiceBackend

from local_aws.changes import Changes
from local_aws.clock import Clock
from local_aws.patching import Patch

SCALE_SEC = 5
"""How long it takes until the tasks of a service are within new limits."""


def install(patch: Patch, clock: Clock) -> None:
    """Bring the desired count of an ECS service within the limits of its scalable target."""
    changes = Changes(clock)
    moto_register = ApplicationAutoscalingBackend.register_scalable_target

    def register_scalable_target(
        backend: ApplicationAutoscalingBackend,
        namespace: str,
        r_id: str,
        dimension: str,
        min_capacity: int | None,
        max_capacity: int | None,
        *arguments: Any,
        **options: Any,
    ) -> FakeScalableTarget:
        changes.make_due(backend.ecs_backend)  # by the limits before
        known: Any = backend.targets.get(dimension, {}).get(r_id)
        low = min_capacity if min_capacity is not None or not known else known.min_capacity
        high = max_capacity if max_capacity is not None or not known else known.max_capacity
        if low is None or high is None or low > high:
            raise AWSValidationException("Maximum capacity cannot be less than minimum capacity")
        target = moto_register(
            backend, namespace, r_id, dimension, min_capacity, max_capacity, *arguments, **options
        )
        if not known:
            target.creation_time = clock.time()
        if dimension == "ecs:service:DesiredCount":
            changes.after(backend.ecs_backend, SCALE_SEC, partial(_scale, backend, target))
        return target

    patch(ApplicationAutoscalingBackend, "register_scalable_target", register_scalable_target)


def _scale(backend: ApplicationAutoscalingBackend, target: Any) -> None:
    ecs: EC2ContainerServiceBackend = backend.ecs_backend
    _, cluster, name = target.resource_id.split("/")
    [service], _ = ecs.describe_services(cluster, [name])
    count = min(max(service.desired_count, target.min_capacity), target.max_capacity)
    if service.status == "ACTIVE":
        ecs.update_service({"cluster": cluster, "service": name, "desired_count": count})
