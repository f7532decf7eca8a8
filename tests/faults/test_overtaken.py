"""A write has its effect, its answer is lost, and another run writes before it is repeated."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local_aws import LocalAws
from tests.processes import PATIENCE_SEC

from .faulty_aws import Exchange, FaultyAws
from .lives import LIVES
from .trial import QUIET_PERIODS, RECORD, SAVE, Trial


@pytest.mark.parametrize("step", [SAVE, RECORD])
def test_each_of_the_two_runs_counts_once(
    trial: Trial,
    aws: LocalAws,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
    counted: Callable[..., None],
) -> None:
    # One event after the other, so that both runs always meet in the same way.
    with FaultyAws(aws.endpoint) as way:

        def fault(exchange: Exchange) -> None:
            exchange.forward()
            with trial.child(way) as other:
                assert other.wait(PATIENCE_SEC) == 0
            exchange.hang_up()

        trial.begin(AWS_ENDPOINT_URL=way.endpoint, DIVA_PARALLELIZE="false")
        trial.spoil(way, step, fault, 1, "alerting")
        assert trial.period() is None
        trial.mend(way)
        counted("faults")
        trial.quiet_periods()
        trial.check(dict.fromkeys(LIVES, 2 + QUIET_PERIODS), again=set())
