"""Permissions that a callback needs of the function's role."""

from __future__ import annotations

import os
from dataclasses import dataclass

_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


@dataclass(frozen=True, slots=True)
class Permission:
    """An action on a resource."""

    action: str
    resource: str
    """An ARN, or `*`."""
    condition: tuple[str, str] | None = None
    """A condition key and the value that it must equal."""


def arn(service: str, resource: str, is_global: bool = False) -> str:
    """Return the ARN of a resource that is known by name: in the region, of any account.

    Without a region in the environment, it is the ARN in any. With `is_global`, neither region nor
    account are in it.
    """
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "*"
    partition = next((_PARTITIONS[each] for each in _PARTITIONS if region.startswith(each)), "aws")
    where = ":" if is_global else f"{region}:*"
    return f"arn:{partition}:{service}:{where}:{resource}"
