"""The log lines of a run, the status of each event, and the result.

Every log line of the engine has its wording here, and nowhere else: the dashboard parses it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict

from .machine import Effect, Observation, Outcome, Phase, has_no_detector, is_failing, phase
from .notification import NotificationContext
from .period import EventRun, Period
from .policy import Policies, Policy
from .shard import Shard
from .state import InvalidState, Record, State, to_record

log = logging.getLogger("diva")

LONG_WARMUP_PERIODS = 10
"""Periods of warmup after each of which a warning is logged."""

_SENT = {Effect.ALERT: "alerted", Effect.REMINDER: "alerted", Effect.RESOLUTION: "resolved"}


def status(policy: Policy, run: EventRun) -> str:
    """Return the status of an event that ran."""
    found = _status(policy, run.before, run.after, run.seen)
    return f"{found} {_SENT[run.delivered]}" if run.delivered else found


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
        failing = alone or is_failing(policy, after)
        return seen.inhibited if seen.inhibited and failing else "skipped"
    if seen.inhibited:
        return seen.inhibited
    if after.in_warmup:
        return f"waiting ({after.warmup_periods}×)"
    if seen.injection is Outcome.OK:
        return "injected"
    if Outcome.TIMEOUT in (seen.detection, seen.injection):
        return "timeout"
    if seen.injection is not None:
        return f"failed_injection ({after.injection_failures}/{policy.max_failed_injections})"
    return f"failed_detection ({after.detection_failures}/{policy.max_failed_detections})"


def log_getting_events() -> None:
    log.info("Getting events...")


def log_events(count: int) -> None:
    log.info("Retrieved %d events", count)


def log_shard(shard: Shard, count: int) -> None:
    """Log how many events the shard of this run has."""
    log.info("Running %s, with %d events", shard, count, extra={"shard": asdict(shard)})


def log_detecting(policy: Policy) -> None:
    log.info("Detecting event '%s'...", policy.name, extra={"event": policy.name})


def log_injecting(policy: Policy) -> None:
    log.info("Injecting event '%s'...", policy.name, extra={"event": policy.name})


def log_verifying(policy: Policy) -> None:
    log.info("Verifying event '%s'...", policy.name, extra={"event": policy.name})


def log_verified(policy: Policy) -> None:
    log.info("Event '%s' verified after injection", policy.name, extra={"event": policy.name})


def log_success(what: str, policy: Policy, duration_ms: float) -> None:
    """Log a successful detection or injection."""
    extra = {"event": policy.name, "outcome": Outcome.OK.value, "duration_ms": duration_ms}
    log.info("%s for event '%s' succeeded", what, policy.name, extra=extra)


def log_failed_detection(
    policy: Policy, outcome: Outcome, after: State, duration_ms: float
) -> None:
    """Log a failed detection; `after` is the state after it."""
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
    """Log a failed injection; `after` is the state after it."""
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


def log_skipped(what: str, policy: Policy) -> None:
    """Log that a role skips `what`, the role of the event or of this worker."""
    own = "detect" if what == "Injection" else "inject"
    option, role = ("role", own) if policy.role == own else ("worker_role", policy.worker_role)
    log.info(
        "%s for event '%s' skipped due to %s='%s'",
        what, policy.name, option, role, extra={"event": policy.name},
    )  # fmt: skip


def log_not_called(policy: Policy, why: str) -> None:
    """Log that no callback of an event was called."""
    log.warning("Event '%s' not called: %s", policy.name, why, extra={"event": policy.name})


def log_questionable(policy: Policy, answer: str) -> None:
    """Log that a callback did anything other than returning true or false."""
    log.warning("Event '%s': %s", policy.name, answer, extra={"event": policy.name})


def log_injection_skipped(policy: Policy, reason: str) -> None:
    """Log that an injection is due but left out."""
    log.info(
        "Injection for event '%s' skipped: %s", policy.name, reason, extra={"event": policy.name}
    )


def log_injection_waits(policy: Policy, inhibited: str) -> None:
    """Log that an injection is due but inhibited."""
    log.info(
        "Injection for event '%s' waits: %s", policy.name, inhibited, extra={"event": policy.name}
    )


def log_delivering(context: NotificationContext) -> None:
    """Log that a message is about to be sent."""
    what = "Resolving event" if context.kind == Effect.RESOLUTION.value else "Alerting for event"
    log.info("%s '%s'", what, context.event, extra=_of(context))


def log_alert(context: NotificationContext, message: str) -> None:
    """Log a message for which there is no callback."""
    log.error("ALERT: %s", message, extra=_of(context))


def log_delivered(context: NotificationContext) -> None:
    """Log that a message was sent."""
    what = _SENT[Effect(context.kind)]
    log.info("Event '%s' %s", context.event, what, extra=_of(context))


def log_failed_delivery(policy: Policy, error: str | None) -> None:
    """Log that a message could not be sent, and is still due."""
    log.error(
        "Alerting for event '%s' failed and is tried again next period: %s",
        policy.name, error, extra={"event": policy.name},
    )  # fmt: skip


def _of(context: NotificationContext) -> dict[str, str]:
    return {"event": context.event, "kind": context.kind}


def log_invalid_state(name: str, error: InvalidState, record: Record) -> None:
    """Log a stored state that is invalid, so that its event starts at defaults."""
    log.error(
        "State of event '%s' is invalid, starting at defaults: %s; found %s",
        name, error, record, extra={"event": name},
    )  # fmt: skip


def log_dropped_state(name: str) -> None:
    """Log that the state of an undefined event was removed."""
    log.info("State of event '%s' dropped: it is no longer defined", name, extra={"event": name})


def log_corrupt_state(place: str, error: Exception, kept: str) -> None:
    """Log that a document is corrupt, and where it is kept."""
    log.error(
        "State %s is corrupt: %s. It is kept as %s; starting without state", place, error, kept
    )


def log_internal_error(name: str, error: Exception) -> None:
    """Log an error of the engine itself, with its traceback."""
    log.error("Event '%s' failed inside DIVA", name, exc_info=error)


def log_transition(policy: Policy, run: EventRun) -> None:
    """Log the change of an event that no other line of the period shows."""
    name, extra = policy.name, {"event": policy.name}
    before, after = run.before, run.after
    was, now = phase(before), phase(after)
    if now is Phase.WARMUP and after.warmup_periods > before.warmup_periods:
        _log_long_warmup(policy, after.warmup_periods)
    if was is Phase.WARMUP and now is not Phase.WARMUP:
        log.info("Event '%s' warmup complete", name, extra=extra)
    elif was is Phase.WARMUP and after.warmup_counter:
        log.info(
            "Event '%s' still in warmup (waiting %d/%d)",
            name, after.warmup_counter, policy.warmup.success_threshold, extra=extra,
        )  # fmt: skip
    elif before.alerted and not after.alerted:
        how = "cooldown complete" if policy.reset.mode == "cooldown" else "recovered"
        log.info("Event '%s' %s → state fully reset", name, how, extra=extra)
    elif now is Phase.COOLDOWN and after.cooldown_counter > before.cooldown_counter:
        log.info(
            "Event '%s' in cooldown (%d/%d)",
            name, after.cooldown_counter, policy.reset.success_threshold, extra=extra,
        )  # fmt: skip
    elif run.seen.healthy and is_failing(policy, before):
        log.info("Event '%s' recovered → state fully reset", name, extra=extra)
    if log.isEnabledFor(logging.DEBUG):
        log.debug("State of event '%s': %s", name, to_record(after), extra=extra)


def _log_long_warmup(policy: Policy, periods: int) -> None:
    if policy.warmup.max_periods is None and periods % LONG_WARMUP_PERIODS == 0:
        log.warning(
            "Event '%s' has been in warmup for %d periods: until warmup ends, no failure of it"
            " counts (warmup.max_periods sets a limit)",
            policy.name, periods, extra={"event": policy.name},
        )  # fmt: skip


def result(mode: str, policies: Policies, period: Period) -> dict[str, object]:
    """Return the result of the handler: counts, and the status of each event.

    With shards, these are the events of one.
    """
    shard = period.invocation.shard
    statuses: dict[str, str] = {}
    healthy = failing = alerted = 0
    for name, policy in shard.of(policies.valid).items():
        run = period.runs.get(name)
        if run is None:
            idle = not (policy.detects or policy.injects)
            statuses[name] = "skipped" if idle else "not_run"
            continue
        statuses[name] = status(policy, run)
        failing += is_failing(policy, run.after)
        healthy += _is_healthy(policy, run)
        alerted += run.after.alerted
    statuses |= dict.fromkeys(sorted(filter(shard.has, policies.invalid)), "invalid")
    return {
        "mode": mode,
        "run_id": period.invocation.run_id,
        **({} if shard.is_whole else {"shard": asdict(shard)}),
        "events": len(statuses),
        "healthy": healthy,
        "failing": failing,
        "alerted": alerted,
        "not_run": sum(each == "not_run" for each in statuses.values()),
        "results": statuses,
    }


def _is_healthy(policy: Policy, run: EventRun) -> bool:
    """Whether the period has shown that the event happens.

    Nothing is known of an event that is injected only, and was so in an earlier period.
    """
    if has_no_detector(policy, run.after):
        return run.seen.injection is Outcome.OK
    return run.after.healthy is True


def log_summary(result: Mapping[str, object], period: Period) -> None:
    """Log the summary of a period, after the errors and the events that got no turn."""
    counts = {name: value for name, value in result.items() if name != "results"}
    results = result["results"]
    assert isinstance(results, dict)
    for name, error in period.errors.items():
        log.error("Event '%s' failed: %s", name, error, extra={"event": name})
    for name, each in results.items():
        if each == "not_run" and name not in period.errors:
            log.warning("Event '%s' not run: no time was left for it", name, extra={"event": name})
    shard = period.invocation.shard
    log.info(
        "Run %s%s: %s",
        period.invocation.run_id,
        "" if shard.is_whole else f" ({shard})",
        ", ".join(f"{value} {name}" for name, value in counts.items() if type(value) is int),
        extra={**counts, "duration_ms": period.duration_ms},
    )
