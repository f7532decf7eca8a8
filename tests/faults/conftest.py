"""What every test of faults needs: a trial in each mode, and the way to AWS that it breaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws import LocalAws

from .faulty_aws import FaultyAws
from .trial import Trial, trial_of


@pytest.fixture(params=["monolithic", "distributed"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def trial(
    mode: str, aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Trial]:
    with trial_of(mode, aws, tmp_path, monkeypatch) as trial:
        yield trial


@pytest.fixture
def way(aws: LocalAws) -> Iterator[FaultyAws]:
    """What the trial reaches AWS through."""
    with FaultyAws(aws.endpoint) as way:
        yield way
