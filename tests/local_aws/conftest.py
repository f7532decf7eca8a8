"""The embedded AWS for the tests of it: one for each file, and empty for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_aws import LocalAws

from .functions import emptied


@pytest.fixture(scope="module")
def running() -> Iterator[LocalAws]:
    """An embedded AWS that keeps what the tests of a file leave in it."""
    with LocalAws() as aws:
        yield aws


@pytest.fixture
def aws(running: LocalAws) -> LocalAws:
    """An embedded AWS with nothing in it but the role that functions need."""
    return emptied(running)
