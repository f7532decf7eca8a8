"""What the plan of the incident actions has, by their variables."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import hcl2
import pytest

from cli.common import paths
from cli.common.terraform import working_copy

from .roots import plan_root, planned_outputs, write_modules
from .test_processor_plan import resources

KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret"  # noqa: S105  # its ARN
TOPIC = "arn:aws:sns:us-east-1:123456789012:on-call"
ORIGINALS = {
    "ecs_cluster_name": "production-cluster",
    "db_instance_id": "production-db",
    "redis_host": "redis.example.com",
    "redis_password": "hunter2",
    "cache_cluster_id": "production-cache",
    "sns_topic_arn": TOPIC,
}
ORIGINAL_TARGETS = {
    "restart_service": ["api", "auth-service"],
    "scale_up": ["api", "cache", "database"],
    "clear_cache": ["cache"],
    "notify_human": ["people"],
}
MODULE = paths.ROOT / "modules" / "incident-actions"
ACTIONS = ("restart_service", "scale_up", "clear_cache", "notify_human")
PREFIX = "p" * 45
CACHE = "arn:aws:elasticache:us-east-1:123456789012:cluster:production-cache"
API = {"cluster": "main", "service": "api"}
CASES: dict[str, dict[str, Any]] = {
    "originals": {
        "restart_service": {}, "scale_up": {}, "clear_cache": {}, "notify_human": {}, **ORIGINALS,
    },
    "one": {"restart_service": {"targets": {"api": API}}},
    "targets": {
        "restart_service": {"targets": {"api": API, "batch": {"instance_ids": ["i-1", "i-2"]}}},
        "scale_up": {
            "targets": {
                "api": {**API, "step": 2, "max_count": 8},
                "database": {"db_instance_id": "db", "instance_classes": ["db.r5.large"]},
                "sessions": {"replication_group_id": "sessions", "max_replicas": 3},
                "pages": {"cache_cluster_id": "pages", "node_types": ["cache.r6g.large"]},
            },
        },
        "clear_cache": {
            "targets": {
                "sessions": {
                    "host": "sessions", "prefixes": ["session:"], "tls": True,
                    "secret_arn": f"{SECRET}:sessions",
                },
                "pages": {"reboot": True, "cache_cluster_id": "pages"},
            },
            "vpc_config": {"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]},
            "reserved_concurrent_executions": 2,
        },
        "notify_human": {
            "slack_secret_arn": f"{SECRET}:slack",
            "smtp": {"host": "smtp", "from": "a@example.com", "to": ["b@example.com"]},
            "stopped_by_kill_switch": True,
        },
        "emails": ["on-call@example.com"],
        "kms_key_arn": KEY,
        "secret_kms_key_arns": [KEY],
        "enable_tracing": True,
        "function_name_prefix": PREFIX,
        **ORIGINALS,
        "sns_topic_arn": None,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def plan(aws: object, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = working_copy(tmp_path_factory.mktemp("actions") / "project")
    given = {
        name: {"function_name_prefix": f"{name}-", **variables} for name, variables in CASES.items()
    }
    return plan_root(write_modules(project, "../modules/incident-actions", given))


def of_function(plan: dict[str, Any], case: str, action: str, kind: str) -> dict[str, Any]:
    return resources(plan, f'{case}.module.function["{action}"]', kind)


def function(plan: dict[str, Any], case: str, action: str) -> dict[str, Any]:
    found = of_function(plan, case, action, "aws_lambda_function")
    made: dict[str, Any] = found["this"]
    return made


def variables_of(plan: dict[str, Any], case: str, action: str) -> dict[str, str]:
    [environment] = function(plan, case, action)["environment"]
    variables: dict[str, str] = environment["variables"]
    return variables


def policy_of(plan: dict[str, Any], case: str, action: str) -> dict[str, Any]:
    """Return what a role may do: the resources of each action."""
    found = resources(plan, case, "aws_iam_role_policy")[f'this["{action}"]']["policy"]
    return {
        f"{statement['Sid']} {each}": statement["Resource"]
        for statement in json.loads(found)["Statement"]
        for each in statement["Action"]
    }


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:us-east-1:123456789012:{resource}"


def test_the_functions_are_those_of_the_requirements(plan: dict[str, Any]) -> None:
    made = [function(plan, "originals", action) for action in ACTIONS]
    assert [(each["function_name"], each["timeout"], each["memory_size"]) for each in made] == [
        ("originals-restart-service", 30, 256),
        ("originals-scale-up", 60, 256),
        ("originals-clear-cache", 30, 256),
        ("originals-notify-human", 15, 128),
    ]


def test_the_default_names_are_those_of_the_requirements() -> None:
    variables = hcl2.loads((MODULE / "variables.tf").read_text())["variable"]
    [prefix] = [each for each in variables if '"function_name_prefix"' in each]
    assert prefix['"function_name_prefix"']["default"] == '"incident-"'


def test_only_the_functions_that_are_asked_for_are_made(plan: dict[str, Any]) -> None:
    made = [each for each in ACTIONS if of_function(plan, "one", each, "aws_lambda_function")]
    assert made == ["restart_service"]
    assert list(planned_outputs(plan, "one")["function_names"]) == made


def test_the_environment_is_that_of_the_requirements(plan: dict[str, Any]) -> None:
    originals = {
        "restart_service": {"ECS_CLUSTER_NAME": "production-cluster"},
        "scale_up": {
            "ECS_CLUSTER_NAME": "production-cluster",
            "DB_INSTANCE_ID": "production-db",
            "CACHE_CLUSTER_ID": "production-cache",
        },
        "clear_cache": {
            "REDIS_HOST": "redis.example.com",
            "REDIS_PORT": "6379",
            "REDIS_PASSWORD": "hunter2",
            "CACHE_CLUSTER_ID": "production-cache",
        },
        "notify_human": {"SNS_TOPIC_ARN": TOPIC},
    }
    for action, expected in originals.items():
        common = {"DRY_RUN", "METRICS_NAMESPACE", "TABLE_NAME"}
        if action != "notify_human":
            common |= {"COOLDOWN_SEC", "KILL_SWITCH_PARAMETER", "MAX_ACTIONS", "WINDOW_SEC"}
        found = variables_of(plan, "originals", action)
        assert {name: found[name] for name in found.keys() - common} == expected
        assert found.keys() == expected.keys() | common


def test_the_environment_has_the_variables_of_the_originals_and_the_targets(
    plan: dict[str, Any],
) -> None:
    """The targets are in the form that the functions read, without fields that are not set."""
    found = variables_of(plan, "targets", "scale_up")
    assert found["DB_INSTANCE_ID"] == "production-db"
    assert json.loads(found["TARGETS"]) == CASES["targets"]["scale_up"]["targets"]
    found = variables_of(plan, "targets", "notify_human")
    assert found["SNS_TOPIC_ARN"] == arn("sns", f"{PREFIX}people")
    assert found["SLACK_SECRET_ARN"] == f"{SECRET}:slack"
    assert (found["SMTP_PORT"], found["SMTP_STARTTLS"]) == ("587", "true")
    assert found["SMTP_TO"] == '["b@example.com"]'
    assert found["KILL_SWITCH_PARAMETER"] == f"/{PREFIX}actions/state"


@pytest.mark.parametrize("case", ["originals", "targets"])
def test_the_functions_accept_their_environment(
    plan: dict[str, Any], case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for action in ACTIONS:
        with monkeypatch.context() as patch:
            for name, value in variables_of(plan, case, action).items():
                patch.setenv(name, value)
            module = importlib.import_module(f"incident_actions.{action}")
            module.runtime.cache_clear()
            targets = set(module.runtime().targets)
            module.runtime.cache_clear()
        given = CASES[case][action].get("targets", ORIGINAL_TARGETS[action])
        assert targets == set(given)


def test_the_roles_of_the_originals_allow_their_targets_and_nothing_else(
    plan: dict[str, Any],
) -> None:
    services = [
        arn("ecs", f"service/production-cluster/production-{each}-service")
        for each in ("api", "auth")
    ]
    table = [arn("dynamodb", "table/originals-actions")]
    common = {
        "Attempts dynamodb:GetItem": table,
        "Attempts dynamodb:PutItem": table,
        "Attempts dynamodb:DeleteItem": table,
    }
    switch = {"KillSwitch ssm:GetParameter": [arn("ssm", "parameter/originals-actions/state")]}
    own = {
        "restart_service": switch
        | {
            "RestartServices ecs:DescribeServices": services,
            "RestartServices ecs:UpdateService": services,
        },
        "scale_up": switch
        | {
            "ScaleServices ecs:DescribeServices": services[:1],
            "ScaleServices ecs:UpdateService": services[:1],
            "DescribeScalableTargets application-autoscaling:DescribeScalableTargets": ["*"],
            "ScaleTargets application-autoscaling:RegisterScalableTarget": [
                arn("application-autoscaling", "scalable-target/*")
            ],
            "ScaleDatabases rds:DescribeDBInstances": [arn("rds", "db:production-db")],
            "ScaleDatabases rds:ModifyDBInstance": [arn("rds", "db:production-db")],
            "ScaleClusters elasticache:DescribeCacheClusters": [CACHE],
            "ScaleClusters elasticache:ModifyCacheCluster": [CACHE],
        },
        "clear_cache": switch,
        "notify_human": {"Attempts dynamodb:UpdateItem": table, "Notify sns:Publish": [TOPIC]},
    }
    for action, expected in own.items():
        log = [arn("logs", f"log-group:/aws/lambda/originals-{action.replace('_', '-')}:*")]
        logs = {"Log logs:CreateLogStream": log, "Log logs:PutLogEvents": log}
        assert policy_of(plan, "originals", action) == {**logs, **common, **expected}


def test_the_roles_allow_what_each_kind_of_target_requires(plan: dict[str, Any]) -> None:
    restart = policy_of(plan, "targets", "restart_service")
    assert restart["RebootInstances ec2:RebootInstances"] == [
        arn("ec2", "instance/i-1"), arn("ec2", "instance/i-2"),
    ]  # fmt: skip
    assert restart["DescribeInstances ec2:DescribeInstances"] == ["*"]
    scale = policy_of(plan, "targets", "scale_up")
    group = [arn("elasticache", "replicationgroup:sessions")]
    for operation in ("DescribeReplicationGroups", "IncreaseReplicaCount"):
        assert scale[f"ScaleReplicas elasticache:{operation}"] == group
    assert "ScaleNodes elasticache:ModifyReplicationGroup" not in scale
    clear = policy_of(plan, "targets", "clear_cache")
    pages = [arn("elasticache", "cluster:pages")]
    assert clear["RebootClusters elasticache:RebootCacheCluster"] == pages
    assert clear["Secrets secretsmanager:GetSecretValue"] == [f"{SECRET}:sessions"]
    assert clear["SecretKeys kms:Decrypt"] == clear["Key kms:Decrypt"] == [KEY]
    assert "NetworkInterfaces ec2:CreateNetworkInterface" in clear
    notify = policy_of(plan, "targets", "notify_human")
    assert notify["KillSwitch ssm:GetParameter"]
    assert notify["Notify sns:Publish"] == [arn("sns", f"{PREFIX}people")]
    assert notify["Key kms:GenerateDataKey"] == [KEY]


def test_the_options_of_functions_reach_them(plan: dict[str, Any]) -> None:
    made = {action: function(plan, "targets", action) for action in ACTIONS}
    assert all(each["tracing_config"][0]["mode"] == "Active" for each in made.values())
    assert all(each["kms_key_arn"] == KEY for each in made.values())
    assert [action for action in ACTIONS if made[action]["vpc_config"]] == ["clear_cache"]
    reserved = {action: each["reserved_concurrent_executions"] for action, each in made.items()}
    assert reserved == {**dict.fromkeys(ACTIONS, -1), "clear_cache": 2}


def test_no_action_is_late_but_notifications_may_be(plan: dict[str, Any]) -> None:
    found = resources(plan, "originals", "aws_lambda_function_event_invoke_config")
    late = {name: each["maximum_event_age_in_seconds"] for name, each in found.items()}
    assert late == {f'this["{action}"]': 900 for action in ACTIONS} | {
        'this["notify_human"]': 21600
    }
    assert {each["maximum_retry_attempts"] for each in found.values()} == {2}
    for action in ACTIONS:
        assert not of_function(plan, "originals", action, "aws_lambda_function_event_invoke_config")


def test_each_failed_action_fires_an_alarm(plan: dict[str, Any]) -> None:
    for action in ACTIONS:
        alarms = of_function(plan, "originals", action, "aws_cloudwatch_metric_alarm")
        assert set(alarms) == {
            f'this["{name}"]' for name in ("errors-immediate", "failed", "throttles")
        }
        failed = alarms['this["failed"]']
        assert (failed["namespace"], failed["metric_name"]) == ("IncidentActions", "Failed")
        assert (failed["statistic"], failed["threshold"]) == ("Sum", 0)
        assert failed["alarm_actions"] == failed["ok_actions"] == [TOPIC]


def test_people_subscribe_to_the_topic_unless_there_is_another(plan: dict[str, Any]) -> None:
    [topic] = resources(plan, "targets", "aws_sns_topic").values()
    assert (topic["name"], topic["kms_master_key_id"]) == (f"{PREFIX}people", KEY)
    [subscription] = resources(plan, "targets", "aws_sns_topic_subscription").values()
    assert subscription["endpoint"] == "on-call@example.com"
    assert not resources(plan, "originals", "aws_sns_topic")


def test_the_configurations_of_the_readme_are_valid(aws: object, tmp_path: Path) -> None:
    text = (MODULE / "README.md").read_text()
    blocks = re.findall(r"```hcl\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    folder = working_copy(tmp_path / "project") / "examples" / "readme"
    folder.mkdir()
    for number, block in enumerate(blocks):
        named = block.replace('module "incident_actions"', f'module "actions_{number}"')
        (folder / f"{number}.tf").write_text(named, encoding="utf-8")
    planned = plan_root(folder)["resource_changes"]
    functions = [each["address"] for each in planned if each["type"] == "aws_lambda_function"]
    assert len(functions) == 2 * len(ACTIONS)
