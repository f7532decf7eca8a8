"""The Lambda handler that scales resources up."""

from __future__ import annotations

import functools
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from diva_common.clients import client
from diva_common.runs import Clock

from . import sizes
from .action import Action
from .attempt import Attempts, Context
from .compose import attempts
from .ecs import Service
from .ecs_scaling import MAX_COUNT, EcsScaling, Scaled
from .elasticache_scaling import Cache, ElastiCacheScaling
from .payload import read_request
from .rds_scaling import Database, RdsScaling
from .settings import InvalidSettings, read_limits, required
from .targets import Fields, read_targets

ACTION = "scale_up"

Clients = Callable[..., Any]
Target = Scaled | Database | Cache

clock: Clock = time


@functools.cache
def runtime() -> Attempts:
    """Return what responds to requests. Raises InvalidSettings."""
    clients = functools.cache(client)
    targets = read_targets(os.environ, _target, partial(_originals, os.environ))
    _check_that_none_is_there_twice(targets)
    return attempts(
        ACTION,
        "Failed to scale resource",
        read_request,
        {name: partial(_action, clients, target) for name, target in targets.items()},
        required(os.environ, "KILL_SWITCH_PARAMETER"),
        read_limits(os.environ),
        os.environ,
        clients,
        clock,
    )


def handler(event: Any, context: Context) -> dict[str, Any]:
    """Scale up the target that `event` names, and return the answer."""
    return runtime().handle(event, context)


def _action(clients: Clients, target: Target) -> Action:
    if isinstance(target, Database):
        return RdsScaling(target, clients("rds"), clients("rds", attempts=1))
    if isinstance(target, Cache):
        return ElastiCacheScaling(
            target, clients("elasticache"), clients("elasticache", attempts=1)
        )
    return EcsScaling(
        target,
        clients("ecs"),
        clients("ecs", attempts=1),
        clients("application-autoscaling"),
        clients("application-autoscaling", attempts=1),
    )


def _target(fields: Fields) -> Target:
    if "db_instance_id" in fields.values:
        fields.require({"db_instance_id", "instance_classes", "apply_immediately"})
        return Database(
            fields.target,
            fields.text("db_instance_id"),
            _ladder(fields, "instance_classes"),
            fields.switch("apply_immediately"),
        )
    if "service" in fields.values:
        fields.require({"cluster", "service", "step", "max_count"})
        return Scaled(
            fields.target,
            Service(fields.text("cluster"), fields.text("service")),
            fields.number("step"),
            fields.number("max_count") or MAX_COUNT,
        )
    if "replication_group_id" in fields.values:
        fields.require({"replication_group_id", "node_types", "max_replicas", "apply_immediately"})
        return _cache(fields, fields.text("replication_group_id"), None)
    fields.require({"cache_cluster_id", "node_types", "apply_immediately"})
    return _cache(fields, None, fields.text("cache_cluster_id"))


def _cache(fields: Fields, group: str | None, cluster: str | None) -> Cache:
    node_types, max_replicas = _ladder(fields, "node_types"), fields.number("max_replicas")
    if node_types and max_replicas is not None:
        raise InvalidSettings(
            f"The target {fields.target!r} in TARGETS must have node_types or max_replicas, but "
            "has both."
        )
    immediately = fields.switch("apply_immediately")
    return Cache(fields.target, group, cluster, node_types, max_replicas, immediately)


def _ladder(fields: Fields, name: str) -> tuple[str, ...]:
    ladder = fields.texts(name)
    if problem := sizes.problem(ladder):
        raise InvalidSettings(
            f"{name} of the target {fields.target!r} in TARGETS must go from small to large, but "
            f"{problem}."
        )
    return ladder


def _check_that_none_is_there_twice(targets: Mapping[str, Target]) -> None:
    """Raise InvalidSettings for a resource with two names: a run holds one name only."""
    counts = Counter(_resource(target) for target in targets.values())
    for resource, count in counts.items():
        if count > 1:
            raise InvalidSettings(
                f"TARGETS must name each resource once, but has {resource} twice."
            )


def _resource(target: Target) -> str:
    if isinstance(target, Scaled):
        return f"the ECS service {target.service.cluster}/{target.service.service}"
    if isinstance(target, Database):
        return f"the database {target.db_instance_id}"
    return f"the cache {target.id}"


def _originals(environ: Mapping[str, str]) -> Mapping[str, Mapping[str, Any]]:
    """Return the targets of the function that this one replaces. Raises InvalidSettings."""
    found: dict[str, Mapping[str, Any]] = {}
    if database := environ.get("DB_INSTANCE_ID"):
        found["database"] = {"db_instance_id": database, "apply_immediately": True}
    if cluster := environ.get("ECS_CLUSTER_NAME"):
        found["api"] = {"cluster": cluster, "service": "production-api-service"}
    if cache := environ.get("CACHE_CLUSTER_ID"):
        found["cache"] = {"cache_cluster_id": cache}
    if not found:
        raise InvalidSettings(
            "TARGETS is not set, and none of DB_INSTANCE_ID, ECS_CLUSTER_NAME and CACHE_CLUSTER_ID."
        )
    return found
