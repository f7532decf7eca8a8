"""Whole periods whose clock jumps, inside them and between them, over claims and reminders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from local_aws import LocalAws

from . import events
from .kill import kill
from .trial import Trial, trial_of

JUMPS = {
    "3 days back": timedelta(days=-3),
    "5 hours back": timedelta(hours=-5),
    "5 hours ahead": timedelta(hours=5),
    "3 days ahead": timedelta(days=3),
}
REMINDER = timedelta(seconds=events.REMINDER_SEC)


@pytest.fixture(params=JUMPS)
def jump(request: pytest.FixtureRequest) -> timedelta:
    """How far the clock jumps: by default each of `JUMPS`."""
    return JUMPS[request.param]


@pytest.fixture
def trial(
    mode: str, aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Trial]:
    """A trial that has one event after the other: what comes after the jump is then certain."""
    with trial_of(mode, aws, tmp_path, monkeypatch) as trial:
        trial.begin(DIVA_PARALLELIZE="false")
        yield trial


@pytest.mark.parametrize("jump", ["5 hours back", "3 days ahead"], indirect=True)
@pytest.mark.parametrize(
    "step", ["detect healthy", "alert alerting", "done resolve resolving", "alert reminding"]
)
def test_a_jump_inside_a_period_loses_and_repeats_nothing(
    trial: Trial, step: str, jump: timedelta, counted: Callable[..., None]
) -> None:
    def jumps() -> None:
        trial.now += jump
        del events.at[step]

    events.at[step] = jumps
    assert trial.period() is None
    assert not events.at
    counted("faults")
    trial.settle()


def test_a_jump_between_periods_repeats_no_alert_and_keeps_reminders_coming(
    trial: Trial, jump: timedelta, counted: Callable[..., None]
) -> None:
    assert trial.period() is None
    trial.now += jump
    counted("faults")
    begin, before = trial.now, trial.deliveries("reminding")
    while trial.now < begin + REMINDER:
        trial.now += REMINDER / 4
        assert trial.period() is None
    for name, once in [("alerting", "alert"), ("refusing", "alert"), ("resolving", "resolution")]:
        assert trial.deliveries(name) == [once]
    more = len(trial.deliveries("reminding")) - len(before)
    assert 1 <= more <= 2, "one for the hour, and one for a jump over an hour"


@pytest.mark.parametrize("jump", ["3 days back", "5 hours ahead"], indirect=True)
def test_the_claim_of_a_killed_run_holds_nothing_back_for_longer_than_a_run_can_last(
    trial: Trial, aws: LocalAws, jump: timedelta, counted: Callable[..., None]
) -> None:
    kill(trial, aws, "alert alerting", "alerting")
    trial.now += jump
    counted("faults")
    assert trial.stages()["alerting"] == "saved"
    trial.settle("killed")
