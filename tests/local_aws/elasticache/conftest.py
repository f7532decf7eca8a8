"""An embedded AWS whose time passes only when a test advances its clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_aws import LocalAws

from ..clocks import StoppedClock


@pytest.fixture(scope="module")
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture(scope="module")
def stopped(clock: StoppedClock) -> Iterator[LocalAws]:
    with LocalAws(clock=clock) as aws:
        yield aws


@pytest.fixture
def aws(stopped: LocalAws) -> LocalAws:
    stopped.reset()
    return stopped
