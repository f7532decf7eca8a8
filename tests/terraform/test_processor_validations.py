"""Values of modules/s3-event-processor that would fail the apply already fail the plan.

Terraform reports all errors at once, so that an instance can have several wrong values.
"""

from __future__ import annotations

from typing import Any

import pytest

from cli.common.terraform import TerraformError, working_copy

from .roots import plan_root, write_modules

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function"
RIGHT: dict[str, Any] = {
    "name_prefix": "case",
    "lambda_function_name": "process",
    "lambda_handler": "main.handler",
    "lambda_source_dir": "../source",
}
SMTP = {"host": "smtp.example.com", "from": "alarms@example.com", "to": ["on-call@example.com"]}
LOGIN_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:login"

CASES: list[tuple[dict[str, Any], list[str]]] = [
    (
        {
            "name_prefix": "1-case",
            "sqs_queue_name": "a.fifo",
            "sqs_visibility_timeout_seconds": 43201,
            "sqs_max_receive_count": 0,
            "sqs_message_retention_seconds": 59,
            "sqs_receive_wait_time_seconds": 21,
            "s3_noncurrent_version_expiration_days": 0,
            "s3_key_prefixes": ["in/", ""],
            "lambda_handler": "handler",
            "lambda_runtime": "python3.9",
            "lambda_memory_size": 64,
            "lambda_invoke_retries": 7,
            "lambda_provisioned_concurrency": 0,
            "lambda_auto_scaling_backlog_target": 0,
            "step_functions_name": "a b",
            "step_functions_max_concurrency": 0,
            "stagger_sec": 0.5,
            "step_functions_schedule_expression": "rate(5 seconds)",
            "step_functions_log_level": "DEBUG",
            "alarm_actions": ["on-call"],
            "alarm_message_age_seconds": -1,
            "log_retention_days": 2,
            "dynatrace_sync_interval_minutes": 26,
            "splunk_index_name": "Main",
            "lambda_additional_policies": [{"Action": "s3:PutObject"}],
        },
        [
            'hyphens or underscores and start with a letter, but is "1-case".',
            "sqs_queue_name must consist of 1 to 75 letters, digits, hyphens or underscores, but is"
            ' "a.fifo".',
            "sqs_visibility_timeout_seconds must be null or a whole number from 0 to 43200, but is"
            " 43201.",
            "sqs_max_receive_count must be a whole number from 1 to 999, but is 0.",
            "sqs_message_retention_seconds must be a whole number from 60 to 1209600, but is 59.",
            "sqs_receive_wait_time_seconds must be a whole number from 0 to 20, but is 21.",
            "s3_noncurrent_version_expiration_days must be a whole number of at least 1, but is 0.",
            "s3_key_prefixes must not contain an empty string.",
            "lambda_handler must be <module>.<function>, for example main.handler or"
            ' folder/main.handler, of at most 128 characters, but is "handler".',
            'lambda_runtime must be one of "python3.10" to "python3.14", but is "python3.9".',
            "lambda_memory_size must be a whole number from 128 to 10240 (MB), but is 64.",
            "lambda_invoke_retries must be a whole number from 0 to 6, but is 7.",
            "lambda_provisioned_concurrency must be a whole number of at least 1, but is 0.",
            "lambda_auto_scaling_backlog_target must be greater than 0, but is 0.",
            "step_functions_name must consist of 1 to 80 letters, digits, hyphens or underscores,"
            ' but is "a b".',
            "step_functions_max_concurrency must be a whole number from 1 to 1000, but is 0.",
            "stagger_sec must be a whole number from 0 to 900, since Step Functions waits whole"
            " seconds, but is 0.5.",
            'rate(<10 to 59> seconds) or cron(<six fields>), but is "rate(5 seconds)".',
            'must be "ALL", "ERROR", "FATAL" or "OFF", but is "DEBUG".',
            "alarm_actions must contain only ARNs (arn:<partition>:<service>:...), but contains"
            ' "on-call".',
            "alarm_message_age_seconds must be at least 0, but is -1.",
            "CloudWatch Logs supports (0 for forever, 1, 3, 5, 7, 14, 30, 60, 90, ...), but is 2.",
            "dynatrace_sync_interval_minutes must be a whole number from 1 to 25, since"
            " Dynatrace accepts metrics of the last hour, but is 26.",
            'start with a letter or digit and not end with a hyphen, but is "Main".',
            "lambda_additional_policies must be a list of IAM policy statements, each with Effect,"
            " Action (or NotAction) and Resource (or NotResource).",
        ],
    ),
    (
        {
            "create_bucket": False,
            "create_lambda": False,
            "lambda_provisioned_concurrency_enabled": True,
            "enable_splunk_integration": True,
            "enable_dynatrace_integration": True,
            "s3_enable_versioning": False,
            "s3_enable_lifecycle_rules": True,
            "splunk_index_name": "a-",
            "smtp": {
                **SMTP,
                "host": "smtp.example.com:587",
                "to": [],
                "secret_arn": "login",
                "ca_certificates_pem": "certificate",
            },
        },
        [
            "but create_bucket is false and existing_bucket_id is null.",
            "but create_lambda is false and existing_lambda_arn is null.",
            "lambda_provisioned_concurrency_enabled must be false if create_lambda is false.",
            "splunk_forwarder_lambda_arn must be set if enable_splunk_integration is true, but is"
            " null.",
            "dynatrace_sync_lambda_arn must be set if enable_dynatrace_integration is true, but is"
            " null.",
            "s3_enable_lifecycle_rules must be false unless s3_enable_versioning is true",
            'start with a letter or digit and not end with a hyphen, but is "a-".',
            "smtp.to must contain at least one email address, but is empty.",
            'or an IP address, without a port, but is "smtp.example.com:587".',
            "smtp.secret_arn must be null or the ARN of a secret (arn:<partition>:secretsmanager:"
            '<region>:<account>:secret:<name>), but is "login".',
            "smtp.ca_certificates_pem must be null or certificates in PEM form of at most 3000",
        ],
    ),
    (
        {
            "existing_bucket_id": "documents",
            "existing_lambda_arn": f"{FUNCTION}:process",
            "lambda_auto_scaling_enabled": True,
            "dynatrace_sync_lambda_arn": "sync",
            "splunk_forwarder_lambda_arn": "forwarder",
            "smtp": {
                **SMTP,
                "from": "alarms",
                "port": 0,
                "secret_arn": LOGIN_ARN,
                "starttls": False,
            },
            "step_functions_max_cycles": 1_000,
            "step_functions_max_concurrency": 10,
            "lambda_timeout": 901,
        },
        [
            "but create_bucket is true and existing_bucket_id is set.",
            "but create_lambda is true and existing_lambda_arn is set.",
            "must be false unless lambda_provisioned_concurrency_enabled is true.",
            "dynatrace_sync_lambda_arn must be the ARN of a function"
            ' (arn:<partition>:lambda:<region>:<account>:function:<name>), but is "sync".',
            "splunk_forwarder_lambda_arn must be the ARN of a function"
            ' (arn:<partition>:lambda:<region>:<account>:function:<name>), but is "forwarder".',
            'for example on-call@example.com, but are "alarms", "on-call@example.com".',
            "smtp.port must be a whole number from 1 to 65535, but is 0.",
            "or smtp.port 465, if smtp.secret_arn is set, since the login requires TLS.",
            "since an execution can have 25,000 history events, but is 1000.",
            "lambda_timeout must be a whole number from 1 to 900 (seconds), but is 901.",
        ],
    ),
    (
        {
            "create_bucket": False,
            "existing_bucket_id": "arn:aws:s3:::documents",
            "create_lambda": False,
            "existing_lambda_arn": "process",
            "smtp": {**SMTP, "port": 465, "subnet_ids": ["subnet-1"]},
        },
        [
            "smtp.starttls must be false if smtp.port is 465, where TLS begins",
            "smtp.subnet_ids and smtp.security_group_ids must both be empty or both contain at"
            " least one ID, but contain 1 and 0.",
            'not its ARN, but is "arn:aws:s3:::documents".',
            "existing_lambda_arn must be the ARN of a function"
            ' (arn:<partition>:lambda:<region>:<account>:function:<name>), but is "process".',
        ],
    ),
    (
        {
            "step_functions_lanes": 40,
            "step_functions_max_concurrency": 10,
            "step_functions_schedule_expression": "rate(10 seconds)",
        },
        ["one batch in each of 40 lanes for each of 6 looks can have"],
    ),
    (
        # The events are those of the one bucket, the permissions those for the other.
        {
            "create_bucket": False,
            "existing_bucket_id": "documents",
            "existing_bucket_arn": "arn:aws:s3:::more-documents",
            "sqs_queue_name": "process",
        },
        [
            'existing_bucket_arn must be the ARN of the bucket in existing_bucket_id ("documents"),'
            ' but is "arn:aws:s3:::more-documents".',
            'sqs_queue_name must be neither the name of the function nor one of "object-created",'
            ' "schedule", with or without -dlq, since their dead-letter queues have these names,'
            ' but is "process".',
        ],
    ),
    (
        {
            "existing_bucket_arn": "documents",
            "sqs_queue_name": "schedule-dlq",
            "smtp": SMTP,
            "s3_key_prefixes": [f"incoming/{number}/" for number in range(20)],
            "s3_key_suffixes": [".csv", ".json", ".xml"],
        },
        [
            "existing_bucket_arn must be the ARN of a bucket (arn:<partition>:s3:::<name>), but is"
            ' "documents".',
            "existing_bucket_arn must be null if create_bucket is true, but is set.",
            "with or without -dlq, since their dead-letter queues have these names, but is"
            ' "schedule-dlq".',
            "which leaves 1,848 for the filters, but these 60 pairs have 1971.",
        ],
    ),
    (
        # Two batches in each lane for each look have 24,480 events, looks and lanes 1,080 more.
        {
            "step_functions_lanes": 34,
            "step_functions_max_concurrency": 1,
            "step_functions_schedule_expression": "rate(10 seconds)",
            "step_functions_max_cycles": 2,
        },
        [
            "step_functions_max_cycles must be null or a whole number from 1 to 1, since an"
            " execution can have 25,000 history events, but is 2."
        ],
    ),
    (
        {"lambda_function_name": "a b", "sqs_retry_delay_seconds": 42923},
        [
            "lambda_function_name must consist of 1 to 60 letters, digits, hyphens or underscores,"
            ' but is "a b".',
            "sqs_retry_delay_seconds must be at most 42922, since a message can be in use for 278",
        ],
    ),
    (
        # Their validations refer to other variables, which must be valid.
        {
            "lambda_function_name": "alert-mailer",
            "s3_key_suffixes": [""],
            "step_functions_lanes": 41,
            "lambda_provisioned_concurrency_enabled": True,
            "lambda_auto_scaling_enabled": True,
            "lambda_provisioned_concurrency": 3,
            "lambda_max_concurrency": 2,
            "smtp": SMTP,
            "alarm_actions": [f"arn:aws:sns:us-east-1:123456789012:{name}" for name in "abcde"],
        },
        [
            'lambda_function_name must not be one of "object-created", "schedule", "alert-mailer",'
            ' since their dead-letter queues have the same names, but is "alert-mailer".',
            "s3_key_suffixes must not contain an empty string.",
            "step_functions_lanes must be a whole number from 1 to 40, but is 41.",
            "of at least lambda_provisioned_concurrency (3), but is 2.",
            "at most four ARNs, since the topic of the alert mailer is one more, but contains 5.",
        ],
    ),
    (
        {
            "lambda_function_name": None,
            "lambda_handler": None,
            "lambda_source_dir": None,
            "sqs_retry_delay_seconds": -1,
        },
        [
            "sqs_retry_delay_seconds must be a whole number from 0 to 43200, but is -1.",
            'digits, hyphens or underscores, but is "null".',
            "lambda_handler must be set if create_lambda is true, but is null.",
            "lambda_source_dir must be set if create_lambda is true, but is null.",
        ],
    ),
]
MESSAGES = [message for _, messages in CASES for message in messages]


@pytest.fixture(scope="module")
def output(aws: object, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Terraform's output for all cases, in one line."""
    project = working_copy(tmp_path_factory.mktemp("validations") / "project")
    (project / "source").mkdir()
    (project / "source" / "main.py").write_text("def handler(event, context): ...\n")
    given = {f"case{number}": {**RIGHT, **wrong} for number, (wrong, _) in enumerate(CASES)}
    with pytest.raises(TerraformError) as refused:
        plan_root(write_modules(project, "../modules/s3-event-processor", given))
    return " ".join(refused.value.output.split())


@pytest.mark.parametrize("message", [pytest.param(each, id=each[-40:]) for each in MESSAGES])
def test_an_invalid_value_is_rejected_with_what_it_must_be(output: str, message: str) -> None:
    assert output.count(message) == 1


def test_nothing_else_is_rejected(output: str) -> None:
    assert output.count("Error: Invalid value for variable") == len(MESSAGES), output
