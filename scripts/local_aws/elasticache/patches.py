"""Patches of ElastiCache: what clusters are made of, and changes that take time."""

from __future__ import annotations

from moto.elasticache import models
from moto.elasticache.models import ElastiCacheBackend, elasticache_backends
from moto.elasticache.responses import ElastiCacheResponse

from local_aws.changes import Changes
from local_aws.clock import Clock
from local_aws.elasticache import creation, deletion, modifications, replicas
from local_aws.patching import Patch


def install(patch: Patch, clock: Clock) -> None:
    """In moto, groups have no members, nothing is ever modified, and what is deleted stays."""
    changes = Changes(clock)

    def elasticache_backend(response: ElastiCacheResponse) -> ElastiCacheBackend:
        backend = elasticache_backends[response.current_account][response.region]
        changes.make_due(backend)
        return backend

    patch(ElastiCacheResponse, "elasticache_backend", property(elasticache_backend))
    patch(models, "utcnow", changes.utcnow)
    creation.install(patch)
    modifications.install(patch, changes)
    replicas.install(patch, changes)
    deletion.install(patch, changes)
