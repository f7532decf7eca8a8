"""Policies: the validated options of each event that `get_events()` returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any

from .dependencies import cycles
from .options import Options, nearest, shown
from .windows import Window, read_windows

Callback = Callable[..., object]

ROLES = ("both", "detect", "inject")
SHORTEST_REMINDER_SEC = 300
LONGEST_NAME_BYTES = 2048  # DynamoDB's limit for a partition key


@dataclass(frozen=True, slots=True)
class Reset:
    """What a successful detection does to an alerted event."""

    mode: str = "fast"
    """`fast` resets at the first success, `cooldown` after `success_threshold` in a row."""
    success_threshold: int = 3


@dataclass(frozen=True, slots=True)
class Warmup:
    """Warmup, in which failures do not count."""

    enabled: bool = False
    success_threshold: int = 2
    """Consecutive successes that end it."""
    max_periods: int | None = None
    """Periods after which it ends in any case; None for no limit."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Further detections in the same period, and the delay before each."""

    attempts: int = 0
    delay_sec: float = 1


@dataclass(frozen=True, slots=True)
class Policy:
    """The validated options of an event, and the part of it that this function does."""

    name: str
    role: str = "both"
    detect: Callback | None = None
    inject: Callback | None = None
    alert: Callback | None = None
    resolve: Callback | None = None
    max_failed_detections: int = 3
    max_failed_injections: int = 1
    inject_each_period: bool = False
    reset: Reset = Reset()
    warmup: Warmup = Warmup()
    timeout_sec: float | None = None
    retry: Retry = Retry()
    verify: Retry = Retry(delay_sec=5)
    reminder_sec: int = 0
    maintenance: tuple[Window, ...] = ()
    depends_on: tuple[str, ...] = ()
    worker_role: str | None = None
    """`detect` or `inject` if this function is one of two workers that share the state."""

    @property
    def detects(self) -> bool:
        """Whether this function runs the event's `detect`."""
        return self.role != "inject" and self.worker_role != "inject"

    @property
    def injects(self) -> bool:
        """Whether this function runs the event's `inject`."""
        return self.role != "detect" and self.worker_role != "detect"


@dataclass(frozen=True, slots=True)
class Policies:
    """All events: the policies of the valid ones, and the problems of the others."""

    valid: Mapping[str, Policy]
    invalid: frozenset[str]
    problems: tuple[str, ...]

    def is_defined(self, name: str) -> bool:
        """Whether `name` is the name of an event, valid or invalid."""
        return name in self.valid or name in self.invalid


def read_policies(
    events: Mapping[Any, object],
    default_timeout_sec: float | None = None,
    worker_role: str | None = None,
    maintenance: tuple[Window, ...] = (),
) -> Policies:
    """Validate every event and return the policies of the valid ones.

    `maintenance` are windows of all events, besides their own.

    Nothing is raised for an invalid event: its problems are collected, so that the valid
    ones can run first and one error can name everything afterwards.
    """
    policies: dict[object, Policy] = {}
    found: dict[object, list[str]] = {}
    for name, given in events.items():
        found[name] = []
        policy = _read(name, given, default_timeout_sec, worker_role, found[name])
        policies[name] = replace(policy, maintenance=maintenance + policy.maintenance)
    _check_dependencies(policies, found)
    return Policies(
        {policy.name: policy for name, policy in policies.items() if not found[name]},
        frozenset(name for name in policies if isinstance(name, str) and found[name]),
        tuple(f"event {shown(name)}: {each}" for name in found for each in found[name]),
    )


def _check_dependencies(
    policies: Mapping[object, Policy], problems: Mapping[object, list[str]]
) -> None:
    for name, policy in policies.items():
        for parent in policy.depends_on:
            if parent not in policies:
                hint = nearest(
                    parent, [each for each in policies if isinstance(each, str) and each != name]
                )
                problems[name].append(f"depends_on names {shown(parent)}, which is no event{hint}")
    known = {
        name: [parent for parent in policy.depends_on if parent in policies]
        for name, policy in policies.items()
        if isinstance(name, str)
    }
    for cycle in cycles(known):
        for each in cycle[1:]:
            problems[each].append(f"depends_on leads in a circle: {' → '.join(reversed(cycle))}")


def _read(
    name: object,
    given: object,
    default_timeout_sec: float | None,
    worker_role: str | None,
    problems: list[str],
) -> Policy:
    if not _is_name(name):
        problems.append(f"its name must be a string of 1 to {LONGEST_NAME_BYTES} bytes in UTF-8")
    if not isinstance(given, Mapping):
        problems.append(f"it must be a dict of options, not {shown(given)}")
        return Policy(str(name))
    options = Options(given, OPTIONS, problems)
    reset, warmup = _DEFAULTS.reset, _DEFAULTS.warmup
    retry, verify = _DEFAULTS.retry, _DEFAULTS.verify
    if group := options.group("reset", ("mode", "success_threshold")):
        reset = Reset(
            group.choice("mode", ("fast", "cooldown"), reset.mode),
            group.integer("success_threshold", reset.success_threshold),
        )
    if group := options.group("warmup", ("enabled", "success_threshold", "max_periods")):
        warmup = Warmup(
            group.boolean("enabled", warmup.enabled),
            group.integer("success_threshold", warmup.success_threshold),
            group.optional_integer("max_periods"),
        )
    if group := options.group("retry", ("attempts", "delay_sec")):
        retry = _retry(group, retry)
    if group := options.group("verify", ("attempts", "delay_sec")):
        verify = _retry(group, verify)
    policy = Policy(
        name=str(name),
        role=options.choice("role", ROLES, _DEFAULTS.role),
        detect=options.callback("detect", "the event's name"),
        inject=options.callback("inject", "the event's name"),
        alert=options.callback("alert", "the message", "its context"),
        resolve=options.callback("resolve", "the message", "its context"),
        max_failed_detections=options.integer(
            "max_failed_detections", _DEFAULTS.max_failed_detections
        ),
        max_failed_injections=options.integer(
            "max_failed_injections", _DEFAULTS.max_failed_injections
        ),
        inject_each_period=options.boolean("inject_each_period", _DEFAULTS.inject_each_period),
        reset=reset,
        warmup=warmup,
        timeout_sec=options.optional_number("timeout_sec", default_timeout_sec),
        retry=retry,
        verify=verify,
        reminder_sec=options.integer("reminder_sec", _DEFAULTS.reminder_sec, minimum=0),
        maintenance=read_windows(given.get("maintenance") or (), "maintenance", problems),
        depends_on=options.names("depends_on"),
        worker_role=worker_role,
    )
    if policy.timeout_sec is not None:
        limit = partial(_limited, timeout_sec=policy.timeout_sec)
        policy = replace(
            policy,
            detect=limit(policy.detect),
            inject=limit(policy.inject),
            alert=limit(policy.alert),
            resolve=limit(policy.resolve),
        )
    if 0 < policy.reminder_sec < SHORTEST_REMINDER_SEC:
        problems.append(
            f"reminder_sec is {policy.reminder_sec}; it must be 0 (no reminders) "
            f"or at least {SHORTEST_REMINDER_SEC}"
        )
    unknown_role = given.get("role", _DEFAULTS.role) != policy.role
    for needed, but in (("detect", "inject"), ("inject", "detect")):
        if policy.role != but and given.get(needed) is None and not unknown_role:
            article = "an" if needed == "inject" else "a"
            problems.append(f"role {policy.role!r} needs {article} {needed!r} function")
    return policy


_DEFAULTS = Policy(name="")

OPTIONS = tuple(field.name for field in fields(Policy) if field.name not in ("name", "worker_role"))
"""The names of the options of an event."""


def _is_name(name: object) -> bool:
    try:
        return isinstance(name, str) and 0 < len(name.encode()) <= LONGEST_NAME_BYTES
    except UnicodeEncodeError:  # half a surrogate pair
        return False


def _limited(callback: Callback | None, timeout_sec: float) -> Callback | None:
    """Return a callback of `diva.kit` with a time limit below that of its event."""
    limited = getattr(type(callback), "within_event_timeout", None)
    return limited(callback, timeout_sec) if limited else callback


def _retry(group: Options, default: Retry) -> Retry:
    return Retry(
        group.integer("attempts", default.attempts, minimum=0),
        group.number("delay_sec", default.delay_sec),
    )
