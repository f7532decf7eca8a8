"""Dry runs: periods that detect, and report what a run would inject and send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from diva import report
from diva.machine import Effect
from diva.period import EventRun, Period
from diva.policy import Policies, Policy, Retry

_WOULD = {
    Effect.ALERT: "would alert",
    Effect.REMINDER: "would remind",
    Effect.RESOLUTION: "would resolve",
}


def detect_only(policies: Policies) -> Policies:
    """Return `policies` without any callbacks of the user but `detect`.

    Injections and deliveries are assumed to succeed. Nothing is verified, since nothing is
    injected.
    """
    valid = {
        name: replace(
            policy,
            inject=policy.inject and _succeed,
            alert=_succeed,
            resolve=policy.resolve and _succeed,
            verify=Retry(),
        )
        for name, policy in policies.valid.items()
    }
    return replace(policies, valid=valid)


def statuses(policies: Policies, period: Period, results: Mapping[str, str]) -> dict[str, str]:
    """Return the statuses in `results`, with what a run would have done."""
    shown = dict(results)
    for name, run in period.runs.items():
        shown[name] = _status(policies.valid[name], run)
    return shown


def _status(policy: Policy, run: EventRun) -> str:
    detected = run._replace(seen=replace(run.seen, injection=None), outcome=None)
    parts = [report.status(policy, detected)]
    if run.seen.injection is not None:
        parts = [*(parts if run.seen.detection is not None else []), "would inject"]
    if run.delivered is not None:
        parts.append(_WOULD[run.delivered])
    return ", ".join(parts)


def _succeed(_: object) -> bool:
    return True
