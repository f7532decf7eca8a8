"""The Lambda handler that restarts services."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from diva_common.clients import client
from diva_common.runs import Clock

from .action import Action
from .attempt import Attempts, Context
from .compose import attempts
from .ec2_reboot import Ec2Reboot, Instances
from .ecs import Service
from .ecs_restart import EcsRestart
from .payload import read_request
from .settings import read_limits, required
from .targets import Fields, read_targets

ACTION = "restart_service"

clock: Clock = time


@functools.cache
def runtime() -> Attempts:
    """Return what responds to requests. Raises InvalidSettings."""
    clients = functools.cache(client)
    return attempts(
        ACTION,
        "Failed to restart service",
        read_request,
        read_targets(os.environ, partial(_target, clients), partial(_originals, os.environ)),
        required(os.environ, "KILL_SWITCH_PARAMETER"),
        read_limits(os.environ),
        os.environ,
        clients,
        clock,
    )


def handler(event: Any, context: Context) -> dict[str, Any]:
    """Restart the target that `event` names, and return the answer."""
    return runtime().handle(event, context)


def _target(clients: Callable[..., Any], fields: Fields) -> Callable[[], Action]:
    if "instance_ids" in fields.values:
        fields.require({"instance_ids"})
        instances = Instances(fields.target, fields.texts("instance_ids"))
        if not instances.instance_ids:
            raise fields.invalid("instance_ids", "a list of at least one string", [])
        return lambda: Ec2Reboot(instances, clients("ec2"), clients("ec2", attempts=1))
    fields.require({"cluster", "service"})
    service = Service(fields.text("cluster"), fields.text("service"))
    return lambda: EcsRestart(service, clients("ecs"), clients("ecs", attempts=1), clock)


def _originals(environ: Mapping[str, str]) -> Mapping[str, Mapping[str, Any]]:
    """Return the targets of the function that this one replaces. Raises InvalidSettings."""
    cluster = required(environ, "ECS_CLUSTER_NAME")
    return {
        "api": {"cluster": cluster, "service": "production-api-service"},
        "auth-service": {"cluster": cluster, "service": "production-auth-service"},
    }
