"""Killing the process of the function in the middle of a period."""

from __future__ import annotations

import math
import signal
import subprocess
from collections.abc import Callable

from local_aws import LocalAws
from tests.processes import PATIENCE_SEC

from .faulty_aws import Exchange, Fault, FaultyAws, silence
from .trial import STEPS, Trial


def kill(trial: Trial, aws: LocalAws, at: str, event: str) -> None:
    """Run a period that is killed, and wait for what it has sent to take effect.

    `at` is a step of AWS and `request` or `answer`, which `event` matters for, or else what
    `driver.KILL_AT` may be.
    """
    step, _, point = at.partition(" ")
    with FaultyAws(aws.endpoint) as way:
        if step in STEPS:
            fault = dead_before if point == "request" else dead_after
            trial.spoil(way, step, fault(lambda: child.kill()), math.inf, event)
        child: subprocess.Popen[bytes] = trial.child(way, "" if step in STEPS else at)
        try:
            ended = child.wait(PATIENCE_SEC)
        finally:
            child.kill()
            child.wait()
            way.close()
        assert ended == -signal.SIGKILL


def dead_before(kill: Callable[[], None]) -> Fault:
    """The process dies before its request has any effect."""

    def fault(exchange: Exchange) -> None:
        kill()
        silence(exchange)

    return fault


def dead_after(kill: Callable[[], None]) -> Fault:
    """The process dies once its request has had its effect, before the answer arrives."""

    def fault(exchange: Exchange) -> None:
        exchange.forward()
        kill()
        silence(exchange)

    return fault
