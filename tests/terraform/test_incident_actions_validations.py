"""Values of modules/incident-actions that would fail the apply or a run already fail the plan.

Terraform reports all errors at once, so that an instance can have several wrong values.
"""

from __future__ import annotations

from typing import Any

import pytest

from cli.common.terraform import TerraformError, working_copy

from .roots import plan_root, write_modules

SMTP = {"host": "smtp.example.com", "from": "alarms@example.com", "to": ["on-call@example.com"]}
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:login"  # noqa: S105  # its ARN
API = {"cluster": "main", "service": "api"}

CASES: list[tuple[dict[str, Any], list[str]]] = [
    (
        {
            "restart_service": {},
            "scale_up": {},
            "clear_cache": {},
            "notify_human": {
                "slack_secret_arn": "slack",
                "pagerduty_url": "https://events.pagerduty.com/v2/enqueue",
                "smtp": {**SMTP, "host": "smtp.example.com:587", "to": []},
            },
            "function_name_prefix": "incident actions",
            "kill_switch_parameter_name": "a//b",
            "redis_port": 0,
            "sns_topic_arn": "arn:aws:sns:us-east-1:123456789012:on-call.fifo",
            "alarm_topic_arns": ["on-call"],
            "cooldown_sec": -1,
            "max_actions": 0,
            "window_sec": 0.5,
            "metrics_namespace": "AWS/Lambda",
            "ca_certificates_pem": "certificate",
            "kms_key_arn": "alias/key",
            "secret_kms_key_arns": ["key"],
        },
        [
            "restart_service must have at least one target, or ecs_cluster_name must be set",
            "scale_up must have at least one target, or db_instance_id, ecs_cluster_name or"
            " cache_cluster_id must be set",
            "clear_cache must have at least one target, or redis_host must be set",
            '<account>:secret:<name>), but include "slack".',
            'for example https://events.eu.pagerduty.com, but is "https://events.pagerduty.com/v2/',
            'or an IP address, without a port, but is "smtp.example.com:587".',
            'for example on-call@example.com, but are "alarms@example.com".',
            'letters, digits, hyphens or underscores, but is "incident actions".',
            'in parts that are separated by slashes, but is "a//b".',
            "redis_port must be a whole number from 1 to 65535, but is 0.",
            '(arn:<partition>:sns:<region>:<account>:<name>), but is "arn:aws:sns:us-east-1',
            '(arn:<partition>:sns:<region>:<account>:<name>), but contains "on-call".',
            "cooldown_sec must be a whole number of at least 0 (seconds), but is -1.",
            "max_actions must be a whole number of at least 1, but is 0.",
            "window_sec must be a whole number of at least 1 (seconds), but is 0.5.",
            'and not start with AWS/, but is "AWS/Lambda".',
            "ca_certificates_pem must be null or certificates in PEM form of at most 3000",
            'not an ID or alias, but is "alias/key".',
            'not IDs or aliases, but contains "key".',
        ],
    ),
    (
        {
            "notify_human": {"smtp": {**SMTP, "port": 0, "secret_arn": SECRET, "starttls": False}},
            "create_sns_topic": False,
            "alarm_topic_arns": [f"arn:aws:sns:us-east-1:123456789012:{name}" for name in "abcde"],
        },
        [
            "smtp.port in notify_human must be a whole number from 1 to 65535, but is 0.",
            "or smtp.port 465, if smtp.secret_arn is set, since the login requires TLS.",
            "create_sns_topic must be null or true, since sns_topic_arn is null, but is false.",
            "alarm_topic_arns must contain at most four ARNs, since an alarm notifies at most five",
        ],
    ),
    (
        {"sns_topic_arn": "arn:aws:sns:us-east-1:123456789012:on-call", "emails": ["on-call"]},
        [
            "emails must contain only email addresses, for example on-call@example.com, but"
            ' contains "on-call".',
            "emails must be empty unless the module creates the SNS topic, but contains 1.",
        ],
    ),
    (
        {"notify_human": {"smtp": {**SMTP, "port": 465}}},
        ["smtp.starttls in notify_human must be false if smtp.port is 465, where TLS begins"],
    ),
    (
        {
            "restart_service": {
                "targets": {
                    "a b": API,
                    "both": {**API, "instance_ids": ["i-1"]},
                    "none": {},
                    "empty": {"instance_ids": []},
                    "homeless": {"service": "api"},
                }
            },
            "scale_up": {
                "targets": {
                    "nothing": {},
                    "two": {"db_instance_id": "db", "cache_cluster_id": "cache"},
                    "stepping": {"db_instance_id": "orders", "step": 1},
                    "undecided": {
                        "replication_group_id": "sessions",
                        "node_types": ["cache.r6g.large"],
                        "max_replicas": 2,
                    },
                    "mixed": {"db_instance_id": "users", "instance_classes": ["r5.large"]},
                    "odd": {"cache_cluster_id": "pages", "node_types": ["db.r6g.large"]},
                    "half": {**API, "step": 0.5},
                    "again": API,
                    "many": {"replication_group_id": "many", "max_replicas": 6},
                    "wandering": {"service": "api"},
                }
            },
            "clear_cache": {
                "targets": {
                    "nowhere": {"prefixes": ["a:"]},
                    "aimless": {"host": "redis"},
                    "eager": {"host": "redis", "prefixes": [""], "allow_flush": True},
                    "far": {"host": "redis", "prefixes": ["a:"], "port": 65536, "max_sec": 0},
                    "secret": {"host": "redis", "allow_flush": True, "secret_arn": "login"},
                    "confused": {"reboot": True, "port": 6379},
                }
            },
        },
        [
            'or characters of ._/-, but is "a b".',
            '"both" of restart_service must have one of instance_ids, service, but has instance_ids'
            " and service.",
            '"none" of restart_service must have one of instance_ids, service, but has none.',
            'instance_ids of the target "empty" of restart_service must contain at least one ID',
            'The target "homeless" has a service, so it must have a cluster.',
            '"nothing" of scale_up must have one of cache_cluster_id, db_instance_id,'
            " replication_group_id, service, but has none.",
            'The target "two" of scale_up must have one of',
            '"stepping" of scale_up, which has db_instance_id, must not have step.',
            '"undecided" of scale_up must have node_types or max_replicas, but has both.',
            '"mixed" of scale_up must have classes such as db.r6g.xlarge, but has "r5.large".',
            '"odd" of scale_up must have classes such as cache.r6g.xlarge, but has "db.r6g.large".',
            'max_replicas of the target "many" must be a whole number from 1 to 5, but is 6.',
            'step of the target "half" must be a whole number from 1, but is 0.5.',
            "Two targets of scale_up must not be the same resource",
            'The target "wandering" has a service, so it must have a cluster.',
            '"nowhere" of clear_cache must have one of host, reboot, but has none.',
            '"aimless" of clear_cache must have one of prefixes and allow_flush, or else reboot,'
            " but has 0 of them.",
            '"eager" of clear_cache must have one of prefixes and allow_flush, or else reboot, but'
            " has 2 of them.",
            'The prefixes of the target "eager" of clear_cache must not contain an empty string',
            'port of the target "far" must be a whole number from 1 to 65535, but is 65536.',
            'max_sec of the target "far" must be a whole number from 1, but is 0.',
            '(arn:<partition>:secretsmanager:<region>:<account>:secret:<name>), but is "login".',
            '"confused" of clear_cache, which has reboot, must not have port.',
            'The target "confused" of clear_cache must have a cache_cluster_id',
        ],
    ),
    (
        {"restart_service": {"targets": {f"service-{number}": API for number in range(100)}}},
        ["The environment variables of restart_service must have at most 4096 bytes, which is a"],
    ),
]

VALUES = 4
"""How many of the cases have wrong values of variables. The others have wrong targets."""


@pytest.fixture(scope="module")
def rejected(aws: object, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what a plan of all instances reports, in one line."""
    project = working_copy(tmp_path_factory.mktemp("rejected") / "project")
    given = {f"case_{number}": variables for number, (variables, _) in enumerate(CASES)}
    folder = write_modules(project, "../modules/incident-actions", given)
    with pytest.raises(TerraformError) as failed:
        plan_root(folder)
    return " ".join(failed.value.output.split())


@pytest.mark.parametrize("message", [message for _, messages in CASES for message in messages])
def test_a_wrong_value_fails_the_plan_with_what_would_be_right(rejected: str, message: str) -> None:
    assert rejected.count(message) == 1


def test_nothing_else_is_rejected(rejected: str) -> None:
    messages = [message for _, messages in CASES for message in messages]
    assert len(messages) == len(set(messages))
    # A rule on targets reports all of those that break it at once.
    values = sum(len(messages) for _, messages in CASES[:VALUES])
    assert rejected.count("Error: Invalid value for variable") == values
    rules = {"names", "kinds", "fields", "clusters", "instances", "growth", "classes", "numbers"}
    rules |= {"twice", "ways", "prefixes", "reboots", "secrets", "size of the environment"}
    assert rejected.count("Error: Resource precondition failed") == len(rules)
