"""What a run says: its log lines, the status of each event, and the result."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .machine import Effect, Observation, Outcome, has_no_detector, is_failing
from .policy import Policies, Policy
from .state import State, to_record

if TYPE_CHECKING:
    from .engine import Period

log = logging.getLogger("diva")

_SENT = {Effect.ALERT: "alerted", Effect.REMINDER: "alerted", Effect.RESOLUTION: "resolved"}


def status(
    policy: Policy, before: State, after: State, observation: Observation, delivered: Effect | None
) -> str:
    """Return the status of an event that ran; `delivered` is what was sent, if anything."""
    found = _status(policy, before, after, observation)
    return f"{found} {_SENT[delivered]}" if delivered else found


def _status(policy: Policy, before: State, after: State, seen: Observation) -> str:
    alone = has_no_detector(policy, before)
    if seen.healthy or (alone and seen.injection is Outcome.OK):
        if before.in_warmup:
            threshold = policy.warmup.success_threshold
            return f"warmup ({before.warmup_counter + 1}/{threshold})"
        if before.alerted and policy.reset.mode == "cooldown":
            return f"cooldown ({before.cooldown_counter + 1}/{policy.reset.success_threshold})"
        if alone:
            return "injected"
        return "ok" if seen.detection is Outcome.OK else "verified"
    if seen.detection is None and seen.injection is None:
        return seen.held if seen.held and (alone or is_failing(policy, after)) else "skipped"
    if seen.held:
        return seen.held
    if after.in_warmup:
        return f"waiting ({after.warmup_periods}×)"
    if seen.injection is Outcome.OK:
        return "injected"
    if Outcome.TIMEOUT in (seen.detection, seen.injection):
        return "timeout"
    if seen.injection is not None:
        return f"failed_injection ({after.injection_failures}/{policy.max_failed_injections})"
    return f"failed_detection ({after.detection_failures}/{policy.max_failed_detections})"


def log_success(what: str, policy: Policy, duration_ms: float) -> None:
    """Say that a detection or an injection succeeded."""
    extra = {"event": policy.name, "outcome": Outcome.OK.value, "duration_ms": duration_ms}
    log.info("%s for event '%s' succeeded", what, policy.name, extra=extra)


def log_failed_detection(
    policy: Policy, outcome: Outcome, after: State, duration_ms: float
) -> None:
    """Say that a detection failed; `after` is the state with it folded in."""
    extra = {"event": policy.name, "outcome": outcome.value, "duration_ms": duration_ms}
    if after.in_warmup:
        periods = after.warmup_periods
        log.info(
            "Event '%s' still in warmup (waiting %d×)", policy.name, periods,
            extra={**extra, "warmup_periods": periods},
        )  # fmt: skip
        return
    count, limit = after.detection_failures, policy.max_failed_detections
    log.info(
        "Detection for event '%s' failed (%d/%d)", policy.name, count, limit,
        extra={**extra, "detection_failures": count, "max_failed_detections": limit},
    )  # fmt: skip


def log_failed_injection(
    policy: Policy, outcome: Outcome, after: State, duration_ms: float
) -> None:
    """Say that an injection failed; `after` is the state with it folded in."""
    extra = {"event": policy.name, "outcome": outcome.value, "duration_ms": duration_ms}
    if after.in_warmup:
        log.info(
            "Injection for event '%s' failed (not counted in warmup)", policy.name, extra=extra
        )
        return
    count, limit = after.injection_failures, policy.max_failed_injections
    log.info(
        "Injection for event '%s' failed (%d/%d)", policy.name, count, limit,
        extra={**extra, "injection_failures": count, "max_failed_injections": limit},
    )  # fmt: skip


def log_transition(policy: Policy, before: State, after: State, seen: Observation) -> None:
    """Say what the period changed in an event that a failure does not already tell."""
    name, extra = policy.name, {"event": policy.name}
    if before.in_warmup and not after.in_warmup:
        log.info("Event '%s' warmup complete", name, extra=extra)
    elif before.in_warmup and after.warmup_counter:
        log.info(
            "Event '%s' still in warmup (waiting %d/%d)",
            name, after.warmup_counter, policy.warmup.success_threshold, extra=extra,
        )  # fmt: skip
    elif before.alerted and not after.alerted:
        how = "cooldown complete" if policy.reset.mode == "cooldown" else "recovered"
        log.info("Event '%s' %s → state fully reset", name, how, extra=extra)
    elif before.alerted and after.cooldown_counter > before.cooldown_counter:
        log.info(
            "Event '%s' in cooldown (%d/%d)",
            name, after.cooldown_counter, policy.reset.success_threshold, extra=extra,
        )  # fmt: skip
    elif seen.healthy and is_failing(policy, before):
        log.info("Event '%s' recovered → state fully reset", name, extra=extra)
    if log.isEnabledFor(logging.DEBUG):
        log.debug("State of event '%s': %s", name, to_record(after), extra=extra)


def result(mode: str, policies: Policies, period: Period) -> dict[str, object]:
    """Return what the handler returns: counts, and each event's status."""
    statuses: dict[str, str] = {}
    healthy = failing = alerted = 0
    for name, policy in policies.valid.items():
        run = period.runs.get(name)
        if run is None:
            idle = not (policy.detects or policy.injects)
            statuses[name] = "skipped" if idle else "not_run"
            continue
        statuses[name] = status(policy, run.before, run.after, run.seen, run.sent)
        failing += is_failing(policy, run.after)
        healthy += run.after.healthy is True or (run.after.healthy is None and run.after.injected)
        alerted += run.after.alerted
    statuses |= dict.fromkeys(sorted(policies.invalid), "invalid")
    return {
        "mode": mode,
        "run_id": period.run_id,
        "events": len(statuses),
        "healthy": healthy,
        "failing": failing,
        "alerted": alerted,
        "not_run": sum(each == "not_run" for each in statuses.values()),
        "results": statuses,
    }


def log_summary(result: Mapping[str, object], period: Period) -> None:
    """Say in one line how the period went, after a line for each event that it did not reach."""
    counts = {name: value for name, value in result.items() if name != "results"}
    results = result["results"]
    assert isinstance(results, dict)
    for name, error in period.errors.items():
        log.error("Event '%s' failed: %s", name, error, extra={"event": name})
    for name, each in results.items():
        if each == "not_run" and name not in period.errors:
            log.warning("Event '%s' not run: no time was left for it", name, extra={"event": name})
    log.info(
        "Run %s: %s",
        period.run_id,
        ", ".join(f"{value} {name}" for name, value in counts.items() if type(value) is int),
        extra={**counts, "duration_ms": period.duration_ms},
    )
