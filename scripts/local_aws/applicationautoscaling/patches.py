"""Patches of Application Auto Scaling, installed when the first request to it comes."""

from __future__ import annotations

from local_aws.clock import Clock
from local_aws.patching import Patch


def install(patch: Patch, clock: Clock) -> None:
    """Let scalable targets have tags and limits. The module of moto takes seconds to import."""
    from local_aws.applicationautoscaling import limits, tags

    tags.install(patch)
    limits.install(patch, clock)
