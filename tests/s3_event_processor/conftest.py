"""What the tests of faults share: two instances of the module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ..embedded_aws import embedded_aws
from ..faults.faulty_aws import FaultyAws
from ..local_aws.clocks import SetClock
from .deployment import TIMEOUT_SEC, deploy
from .trial import Trial, Watch

if TYPE_CHECKING:
    from local_aws import LocalAws

_COMMON: dict[str, Any] = {
    "lambda_timeout": TIMEOUT_SEC,
    "sqs_retry_delay_seconds": 0,
    "sqs_receive_wait_time_seconds": 0,
    "step_functions_max_concurrency": 10,
}
INSTANCES: dict[str, dict[str, Any]] = {
    "single": _COMMON,
    "lanes": {
        **_COMMON,
        "step_functions_lanes": 2,
        "step_functions_schedule_expression": "rate(30 seconds)",
    },
}
"""With all states that the definition can have."""


@pytest.fixture(scope="package")
def clock() -> SetClock:
    """The clock of the embedded AWS."""
    return SetClock()


@pytest.fixture(scope="package")
def aws(clock: SetClock) -> Iterator[LocalAws]:
    """An embedded AWS for all tests of faults."""
    with embedded_aws(clock) as aws:
        yield aws


@pytest.fixture(scope="package")
def deployed(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The outputs of the instances."""
    return deploy(aws, tmp_path_factory.mktemp("processor") / "project", INSTANCES)


@pytest.fixture(scope="package")
def proxy(aws: LocalAws) -> Iterator[FaultyAws]:
    """What state machines reach all services through."""
    with FaultyAws(aws.endpoint) as proxy, pytest.MonkeyPatch.context() as patch:
        patch.setattr(aws._role_clients, "_endpoint", proxy.endpoint)
        yield proxy


@pytest.fixture(scope="package")
def watch() -> Iterator[Watch]:
    """What happens when an execution enters a state."""
    with pytest.MonkeyPatch.context() as patch:
        yield Watch(patch)


@pytest.fixture(params=INSTANCES)
def instance(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def trial(
    instance: str,
    aws: LocalAws,
    deployed: dict[str, dict[str, Any]],
    proxy: FaultyAws,
    watch: Watch,
    clock: SetClock,
) -> Iterator[Trial]:
    """An instance with nothing in its queues. IAM is enforced."""
    with aws.enforcing_iam():
        trial = Trial(aws, deployed[instance], proxy, watch, clock)
        yield trial
        trial.clear()
