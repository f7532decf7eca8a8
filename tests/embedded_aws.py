"""The embedded AWS, with this process's environment leading to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from cli.common import provider_installation

if TYPE_CHECKING:
    from local_aws import LocalAws
    from local_aws.clock import Clock


@contextmanager
def embedded_aws(clock: Clock | None = None) -> Iterator[LocalAws]:
    """Run an embedded AWS during a `with` block."""
    import boto3

    from local_aws import LocalAws  # moto takes seconds to import, and most tests need none

    with LocalAws(clock=clock) as aws, pytest.MonkeyPatch.context() as patch:
        wanted = provider_installation.environ({**os.environ, **aws.environ})
        for name in os.environ.keys() - wanted.keys():
            patch.delenv(name)
        for name, value in wanted.items():
            patch.setenv(name, value)
        # A session remembers the configuration that it was made under.
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield aws
