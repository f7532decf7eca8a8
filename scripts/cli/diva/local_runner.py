"""Running periods locally as Lambda would, and printing them."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from diva import notification, report
from diva.clock import Clock
from diva.engine import Engine
from diva.machine import Effect
from diva.period import EventRun, Invocation, Period
from diva.policy import Policies, Policy, read_policies
from diva.pool import Pool
from diva.redact import Redactor
from diva.settings import MAX_WORKERS
from diva.stores import Store

from ..common.output import Output
from ..common.period_table import PeriodTable
from . import dry_run

FUNCTION_NAME = "local"

_SESSION = frozenset((
    "COLORTERM", "COMPUTERNAME", "EDITOR", "HOME", "HOSTNAME", "HOSTTYPE", "LOGNAME", "MAIL",
    "OLDPWD", "OS", "OSTYPE", "PAGER", "PWD", "SHELL", "SYSTEMROOT", "TEMP", "TERM",
    "TERM_PROGRAM", "TMP", "TMPDIR", "USER", "USERNAME", "USERPROFILE", "VIRTUAL_ENV", "VISUAL",
))  # fmt: skip
"""Variables of a login session. Their values are no secrets, and common words in errors."""


class LocalRunner:
    """Runs periods of the events that `get_events` returns, with their state in `store`."""

    def __init__(
        self,
        get_events: Callable[[], Mapping[object, object]],
        store: Store,
        output: Output,
        timeout_sec: float,
        dry: bool = False,
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock or Clock()
        secrets = {name: value for name, value in os.environ.items() if name not in _SESSION}
        self._engine = Engine(Pool(MAX_WORKERS, self._clock), Redactor(secrets))
        self._get_events = get_events
        self._store = store
        self._output = output
        self._table = PeriodTable(output, {"#": 4, "UTC": 8 if output.is_terminal else 20})
        self._timeout_sec = timeout_sec
        self._dry = dry
        self.problems: list[str] = []
        """The problems of events in the periods so far."""

    def run(self, periods: int | None, every_sec: float) -> None:
        """Run `periods` periods, or without end if None, one every `every_sec` seconds.

        Raises InvalidEventLogic or StoreError as soon as a period fails as a whole.
        """
        due = self._clock.monotonic()
        number = 0
        while periods is None or number < periods:
            number += 1
            self._wait(due)
            with self._output.busy(f"Period {number} ..."):
                began = self._clock.now()
                policies, period = self._period()
            self._show(number, began, policies, period)
            due = max(due + every_sec, self._clock.monotonic())

    def _wait(self, due: float) -> None:
        pause_sec = due - self._clock.monotonic()
        if pause_sec > 0:
            at = self._clock.now() + timedelta(seconds=pause_sec)
            with self._output.busy(f"Next period at {at:%H:%M:%S} UTC. Press Ctrl-C to stop."):
                self._clock.sleep(pause_sec)

    def _period(self) -> tuple[Policies, Period]:
        policies = read_policies(self._get_events())
        called = dry_run.detect_only(policies) if self._dry else _with_alerts(policies)
        run_id = f"local-{uuid.uuid4().hex[:8]}"
        invocation = Invocation(run_id, FUNCTION_NAME, self._timeout_sec)
        return policies, self._engine.run_shared(called, self._store, invocation)

    def _show(self, number: int, began: datetime, policies: Policies, period: Period) -> None:
        result = report.result("monolithic", policies, period)
        report.log_summary(result, period)
        errors = (f"event {name!r}: {error}" for name, error in period.errors.items())
        self.problems = list(dict.fromkeys((*self.problems, *errors, *policies.problems)))
        statuses = result["results"]
        assert isinstance(statuses, dict)
        if self._dry:
            statuses = dry_run.statuses(policies, period, statuses)
        form = "%H:%M:%S" if self._output.is_terminal else "%Y-%m-%dT%H:%M:%SZ"
        lead = (str(number), began.strftime(form))
        self._table.add(lead, statuses)
        for name, policy in policies.valid.items():
            run = period.runs.get(name)
            if run is not None and run.claimed is not None:
                what = self._what(policy, run, run.claimed)
                basis = run.before if run.claimed is Effect.RESOLUTION else run.after
                context = notification.context(policy, basis, run.claimed, period.invocation)
                message = notification.message(context)
                style = "bold green" if run.claimed is Effect.RESOLUTION else "bold red"
                self._table.add_message(lead, name, what, message, style)

    def _what(self, policy: Policy, run: EventRun, effect: Effect) -> str:
        if self._dry:
            return f"would send {effect.value}"
        if not run.delivered:
            return f"{effect.value} not delivered, retried in the next period"
        if effect is not Effect.RESOLUTION and policy.alert is None:
            return f"{effect.value} (no alert callback; logged as an error in Lambda)"
        return effect.value


def _with_alerts(policies: Policies) -> Policies:
    """Return `policies` with an alert for each, so that the engine does not log alerts as well."""
    valid = {
        name: policy if policy.alert else replace(policy, alert=_say_nothing)
        for name, policy in policies.valid.items()
    }
    return replace(policies, valid=valid)


def _say_nothing(_: object) -> None: ...
