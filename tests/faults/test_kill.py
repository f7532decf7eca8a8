"""Whole periods in which the process of the function is killed, at every step in turn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from local_aws import LocalAws

from .kill import kill
from .trial import Trial

# When the process is killed, in words that `kill` knows, the event
# that this is about, and how far its period has got by then.
CASES = """
    get_events                     healthy    seed
    load request                   alerting   seed
    load answer                    alerting   seed
    Detecting event 'alerting'     alerting   seed
    detect alerting                alerting   seed
    inject injecting               injecting  seed
    done inject injecting          injecting  seed
    verify verifying               verifying  seed
    save request                   alerting   seed
    save answer                    alerting   saved
    Alerting for event 'alerting'  alerting   saved
    alert refusing                 refusing   saved
    alert reminding                reminding  saved
    resolve resolving              resolving  saved
    done resolve resolving         resolving  saved
    Event 'alerting' alerted       alerting   saved
    record request                 alerting   saved
    record answer                  alerting   recorded
"""
LINES = [line.strip() for line in CASES.strip().splitlines()]


@pytest.mark.parametrize("line", LINES, ids=[line.rsplit(maxsplit=2)[0] for line in LINES])
def test_nothing_is_lost_and_only_what_was_not_recorded_is_sent_twice(
    trial: Trial, aws: LocalAws, line: str, counted: Callable[..., None]
) -> None:
    at, event, stage = line.rsplit(maxsplit=2)
    trial.begin()
    kill(trial, aws, at, event)
    counted("faults")
    assert trial.stages()[event] == stage
    trial.settle("killed")
