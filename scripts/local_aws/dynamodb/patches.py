"""Patches of DynamoDB, installed when the first request to it comes."""

from __future__ import annotations

from local_aws.clock import Clock
from local_aws.patching import Patch


def install(patch: Patch, clock: Clock) -> None:
    """Carry out each transaction once. The module of moto takes seconds to import."""
    from local_aws.dynamodb import transactions

    transactions.install(patch, clock)
