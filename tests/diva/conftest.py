"""What tests of the engine's package share: a process in each mode, and a faulty way to AWS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws import LocalAws
from tests.faults.faulty_aws import FaultyAws

from .lambda_process import Process, process_of


@pytest.fixture(params=["monolithic", "distributed"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def process(
    mode: str, aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Process]:
    with process_of(mode, aws, tmp_path, monkeypatch) as process:
        yield process


@pytest.fixture
def faulty(aws: LocalAws) -> Iterator[FaultyAws]:
    with FaultyAws(aws.endpoint) as proxy:
        yield proxy
