"""Cold starts of the incident actions, relative to boto3 with the same clients alone."""

from __future__ import annotations

from collections.abc import Mapping

from .harness import harness
from .result import Result

LIMIT = 1.15

_SETTINGS = {
    "TABLE_NAME": "benchmark",
    "METRICS_NAMESPACE": "Benchmark",
    "DRY_RUN": "false",
    "COOLDOWN_SEC": "60",
    "MAX_ACTIONS": "1",
    "WINDOW_SEC": "60",
    "ECS_CLUSTER_NAME": "benchmark",
    "DB_INSTANCE_ID": "benchmark",
    "CACHE_CLUSTER_ID": "benchmark",
    "REDIS_HOST": "127.0.0.1",
    "SNS_TOPIC_ARN": "arn:aws:sns:us-east-1:123456789012:benchmark",
}
_KILL_SWITCH = {"KILL_SWITCH_PARAMETER": "benchmark"}
ACTIONS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "restart_service": ("api", "dynamodb ssm ecs", _KILL_SWITCH),
    "scale_up": ("database", "dynamodb ssm rds", _KILL_SWITCH),
    "clear_cache": ("cache", "dynamodb ssm redis", _KILL_SWITCH),
    "notify_human": ("people", "dynamodb sns", {}),
}
"""A target of each action, the clients that it needs, and settings."""


def measure(repeat: int) -> list[Result]:
    """Compare the fastest starts, since other work of the machine only adds to a time.

    Processes start in turns and find their bytecode compiled.
    """
    return [_measure(action, repeat) for action in ACTIONS]


def _measure(action: str, repeat: int) -> Result:
    target, clients, more = ACTIONS[action]
    samples: dict[str, list[float]] = {"action": [], "clients": []}
    with harness() as lambdas:
        settings = {**_SETTINGS, **more, "ACTION": action, "TARGET": target}
        functions = {
            "action": lambdas.function("cold.with_action", more=settings),
            "clients": lambdas.function("cold.with_clients", more={"CLIENTS": clients}),
        }
        for function in functions.values():
            lambdas.invoke_cold(function)  # compiles
        for _ in range(repeat):
            for name, function in functions.items():
                samples[name].append(lambdas.invoke_cold(function)["start"])
    ms = {name: min(seconds) * 1000 for name, seconds in samples.items()}
    return Result(
        f"cold start of {action}, relative to boto3 with its clients",
        ms["action"] / ms["clients"],
        LIMIT,
        "×",
        notes=[f"{action}: {ms['action']:.0f} ms, {clients} alone: {ms['clients']:.0f} ms"],
        samples=samples,
    )
