"""Patches of RDS, installed when the first request to it comes."""

from __future__ import annotations

from local_aws.clock import Clock
from local_aws.patching import Patch


def install(patch: Patch, clock: Clock) -> None:
    """Let modifications take time. The module of moto takes seconds to import."""
    from local_aws.rds import modifications

    modifications.install(patch, clock)
