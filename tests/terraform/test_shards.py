"""Shards: the rules and targets that start them, and the alarms that count them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from .roots import plan, planned_outputs

LONG = "a-function-whose-name-takes-all-of-the-64-characters-that-it-may"
STATELESS = {"diva_mode": "distributed", "dynamodb_table_name": "elsewhere"}
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:dead-letters"
COUNTS = [1, 2, 5, 6, 16, 207]
PER_RULE = 5


@pytest.fixture
def made(project: Path, role_arn: str) -> dict[str, Any]:
    """A plan with an instance for each number of shards, and some with other options."""
    watched = {
        **STATELESS,
        "alarm_actions": [TOPIC],
        "dead_letter_arn": QUEUE,
        "create_dashboard": True,
    }
    modules: dict[str, dict[str, Any]] = {
        f"of{count}": {**watched, "shards": count} for count in COUNTS
    }
    modules["long"] = {**STATELESS, "shards": 6, "lambda_name": LONG}
    modules["longer"] = {**STATELESS, "shards": 6, "lambda_name": f"{LONG[:-1]}_"}
    modules["reserved"] = {**STATELESS, "shards": 6, "reserved_concurrent_executions": 6}
    modules["stopped"] = {**STATELESS, "shards": 6, "reserved_concurrent_executions": 0}
    modules["paused"] = {**STATELESS, "shards": 6, "schedule_enabled": False}
    modules["worker"] = {**STATELESS, "shards": 6, "worker_role": "inject"}
    return plan(project, role_arn, modules)


def test_shards_are_planned(made: dict[str, Any]) -> None:
    for count in COUNTS:
        check_targets(made, count)
        check_alarms(made, count)
        check_dashboard(made, count)
    for name in ("reserved", "stopped", "worker"):
        assert len(planned(made, name, "aws_cloudwatch_event_target")) == 6
    paused = planned(made, "paused", "aws_cloudwatch_event_rule")
    assert [rule["state"] for rule in paused.values()] == ["DISABLED"] * 2
    names = [
        name
        for instance in ("long", "longer")
        for name in planned_outputs(made, instance)["eventbridge_rule_names"]
    ]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name) for name in names), names
    assert len(set(names)) == 4


def check_targets(made: dict[str, Any], count: int) -> None:
    rules = planned(made, f"of{count}", "aws_cloudwatch_event_rule")
    targets = planned(made, f"of{count}", "aws_cloudwatch_event_target")
    permissions = planned(made, f"of{count}", "aws_lambda_permission")
    assert len(rules) == -(-count // PER_RULE)
    names = [rule["name"] for rule in rules.values()]
    assert sorted(planned_outputs(made, f"of{count}")["eventbridge_rule_names"]) == sorted(names)
    assert {rule["schedule_expression"] for rule in rules.values()} == {"rate(5 minutes)"}
    shards = []
    for target in targets.values():
        assert [each["arn"] for each in target["dead_letter_config"]] == [QUEUE]
        shards.append(json.loads(target["input"]) if target["input"] else None)
    if count == 1:
        assert shards == [None]
    else:
        assert sorted(each["shard"]["index"] for each in shards if each) == list(range(count))
        assert {each["shard"]["count"] for each in shards if each} == {count}
    by_rule = [target["rule"] for target in targets.values()]
    assert set(by_rule) == set(names)
    assert max(by_rule.count(name) for name in names) <= PER_RULE
    ids = [(target["rule"], target["target_id"]) for target in targets.values()]
    assert len(set(ids)) == count
    further = [each.get("source_arn") for each in permissions.values() if each.get("source_arn")]
    assert len(permissions) == (1 if count <= PER_RULE else 2)
    for arn in further:
        prefix = arn.rpartition("/")[2].removesuffix("*")
        assert sum(name.startswith(prefix) for name in names) == len(names) - 1


def check_alarms(made: dict[str, Any], count: int) -> None:
    alarms = {
        key.rpartition('["')[2].removesuffix('"]'): alarm
        for key, alarm in planned(made, f"of{count}", "aws_cloudwatch_metric_alarm").items()
    }
    missing = alarms["missing-runs"]
    held = [name for name, alarm in alarms.items() if alarm["treat_missing_data"] == "ignore"]
    assert set(held) == {"errors-immediate", "duration", "failed-deliveries", "not-run"}
    if count == 1:
        assert {alarms[name]["period"] for name in held} == {60}
        assert (missing["threshold"], missing["period"], missing["evaluation_periods"]) == (
            1,
            60,
            10,
        )
        return
    assert {alarms[name]["period"] for name in held} == {300}
    assert (missing["threshold"], missing["period"], missing["evaluation_periods"]) == (
        count,
        300,
        2,
    )
    assert f"fewer than {count} runs have started" in missing["alarm_description"]


def check_dashboard(made: dict[str, Any], count: int) -> None:
    [dashboard] = planned(made, f"of{count}", "aws_cloudwatch_dashboard").values()
    health = json.loads(dashboard["dashboard_body"])["widgets"][0]["properties"]["metrics"]
    names = ["Healthy", "Failing", "NotRun"]
    if count == 1:
        assert [each[1] for each in health] == names
        return
    sums = [each[0] for each in health if isinstance(each[0], dict)]
    assert [(each["expression"], each["label"]) for each in sums] == [
        (f"{count} * m{index}", name) for index, name in enumerate(names)
    ]


def planned(made: dict[str, Any], instance: str, kind: str) -> dict[str, Any]:
    """Return the resources of a kind that an instance has, by address."""
    return {
        change["address"]: change["change"]["after"]
        for change in made["resource_changes"]
        if change["address"].startswith(f"module.{instance}.") and change["type"] == kind
    }
