"""The embedded AWS for tests of itself: one for each file, and empty for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_aws import LocalAws

from .functions import emptied
from .roles import allow, with_caller


@pytest.fixture(scope="module")
def running() -> Iterator[LocalAws]:
    """An embedded AWS that keeps what the tests of a file leave in it."""
    with LocalAws() as aws:
        yield aws


@pytest.fixture
def aws(running: LocalAws) -> LocalAws:
    """An embedded AWS with nothing in it but the execution role of functions."""
    return emptied(running)


@pytest.fixture(scope="module")
def caller() -> Iterator[LocalAws]:
    """An embedded AWS with a function that calls AWS, and the resources that it calls."""
    with with_caller() as aws:
        yield aws


@pytest.fixture
def enforcing(caller: LocalAws) -> Iterator[LocalAws]:
    """The same while IAM is enforced. Afterwards the role of the function allows nothing."""
    with caller.enforcing_iam():
        yield caller
    allow(caller)
