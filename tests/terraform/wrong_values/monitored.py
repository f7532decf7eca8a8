"""Values that a plan of modules/monitored-lambda rejects."""

from __future__ import annotations

from typing import Any

from .shared import FILES, IMAGE, KEY, LAYER, ROLE, SIGNING, TOPIC

# Variables of modules/monitored-lambda: its own, and each one that it passes on.
MONITORED = {
    "function_name": "case",
    "lambda_source_dir": "../examples/immediate-alerts/lambda",
    "alarm_emails": ["on-call@example.com"],
}
POLICY = '{"Statement": [{"Sid": "Log"}, {"Effect": "Allow"}]}'
EXISTING = {"lambda_role_arn": f"{ROLE}/case"}
MONITORED_CASES: list[tuple[dict[str, Any], str]] = [
    (
        {"alarm_emails": []},
        "alarm_emails must contain at least one email address, but is empty.",
    ),
    (
        {"alarm_emails": ["on-call@example.com", "on-call", "two@at@example.com"]},
        "alarm_emails must contain only email addresses, for example on-call@example.com, but"
        ' contains "on-call", "two@at@example.com".',
    ),
    (
        {"python_version": "3.9"},
        'python_version must be one of "3.10" to "3.14" or "python3.10" to "python3.14", but is'
        ' "3.9".',
    ),
    ({"python_version": "python3.15"}, '"python3.10" to "python3.14", but is "python3.15".'),
    ({"python_version": "3.1"}, '"python3.10" to "python3.14", but is "3.1".'),
    (
        {"sns_topic_name": "my alarms"},
        "sns_topic_name must be null or consist of 1 to 256 letters, digits, hyphens or"
        ' underscores, but is "my alarms".',
    ),
    ({"sns_topic_name": "alarms.fifo"}, 'hyphens or underscores, but is "alarms.fifo".'),
    (
        {"lambda_subnet_ids": ["subnet-1"]},
        "lambda_subnet_ids and lambda_security_group_ids must both be empty or both contain at"
        " least one ID, but contain 1 and 0.",
    ),
    (
        {"lambda_security_group_ids": ["sg-1", "sg-2"]},
        "both contain at least one ID, but contain 0 and 2.",
    ),
    (
        {"alarm_topic_arns": [f"{TOPIC}:{name}" for name in "abcde"]},
        "alarm_topic_arns and alarm_actions must together contain at most four ARNs, since an alarm"
        " notifies at most five including the topic that the module creates, but contain 5.",
    ),
    (
        {
            "alarm_topic_arns": [f"{TOPIC}:{name}" for name in "abc"],
            "alarm_actions": [f"{TOPIC}:{name}" for name in "def"],
        },
        "including the topic that the module creates, but contain 6.",
    ),
    (
        {"alarm_actions": [f"{TOPIC}:a", "on-call"]},
        "alarm_actions must contain only ARNs (arn:<partition>:<service>:...), but contains"
        ' "on-call".',
    ),
    (
        {"alarm_topic_arns": [f"{TOPIC}:a", "arn:aws:sqs:us-east-1:123456789012:b"]},
        "alarm_topic_arns must contain only ARNs of SNS topics"
        " (arn:<partition>:sns:<region>:<account>:<name>), but contains"
        ' "arn:aws:sqs:us-east-1:123456789012:b".',
    ),
    (
        {"function_name": "a b"},
        "function_name must consist of 1 to 64 letters, digits, hyphens or underscores, but is"
        ' "a b".',
    ),
    (
        {"handler": "handler.main"},
        'The module of handler "handler.main" of case must be in the package, but the package does'
        " not contain handler.py.",
    ),
    (
        {"lambda_source_dir": "../nothing"},
        'The source directory "../nothing" of case does not exist or contains no files to package.',
    ),
    (
        {"lambda_source_dir": None},
        "lambda_source_dir, source_roots, package_path or image_uri must be set, but none is.",
    ),
    (
        {"package_path": "../given.zip"},
        "lambda_source_dir must be null if package_path is set, but is"
        ' "../examples/immediate-alerts/lambda".',
    ),
    (
        {"image_uri": IMAGE},
        "image_uri must be null when package_path, lambda_source_dir, source_roots or"
        f' requirements_file is set, but is "{IMAGE}".',
    ),
    (
        {
            "package_path": "../given.zip",
            "lambda_source_dir": None,
            "source_excludes": ["tests"],
            "requirements_file": "../requirements.txt",
        },
        "source_roots, source_excludes and requirements_file must not be set when package_path is"
        " set, but set are source_excludes, requirements_file.",
    ),
    (
        {"package_path": "../no_package.zip", "lambda_source_dir": None},
        'The package "../no_package.zip" of case does not exist.',
    ),
    ({"handler": "main/handler"}, 'of at most 128 characters, but is "main/handler".'),
    ({"source_excludes": ["../tests"]}, 'for example tests or **/*.md, but contains "../tests".'),
    (
        {"source_roots": {"shared": "../no_folder"}},
        'The source directory "../no_folder" of case does not exist or contains no files to'
        " package.",
    ),
    (
        {"requirements_file": "../no_requirements.txt"},
        'The requirements file "../no_requirements.txt" of case does not exist.',
    ),
    ({"architecture": "aarch64"}, 'must be "arm64" or "x86_64", but is "aarch64".'),
    ({"timeout": 901}, "from 1 to 900 (seconds), but is 901."),
    ({"memory_size": 127}, "from 128 to 10240 (MB), but is 127."),
    ({"environment_variables": {"AWS_REGION": "x"}}, 'but contains "AWS_REGION".'),
    (
        {"store_package_on_s3": True},
        "s3_bucket must be set when store_package_on_s3 is true, but is null.",
    ),
    ({"s3_bucket": "Packages"}, 'and end with a letter or digit, but is "Packages".'),
    ({"code_signing_config_arn": f"{SIGNING}:csc-2"}, f'but is "{SIGNING}:csc-2".'),
    ({"alert_strategy": "both"}, 'must be "immediate" or "threshold", but is "both".'),
    ({"error_rate_threshold": 100}, "less than 100 (percent), but is 100."),
    ({"error_rate_eval_periods": 1441}, "from 1 to 1440 (minutes), but is 1441."),
    (
        {"error_rate_eval_periods": 3, "error_rate_datapoints_to_alarm": 4},
        "from 1 to error_rate_eval_periods (3), but is 4.",
    ),
    ({"duration_threshold_percent": 101}, "greater than 0 and less than 100, but is 101."),
    (
        {
            "memory_utilization_threshold_percent": 102,
            "lambda_insights_layer_arn": f"{LAYER}:insights:1",
        },
        "greater than 0 and less than 100, but is 102.",
    ),
    ({"lambda_insights_layer_arn": f"{LAYER}:insights"}, f'but include "{LAYER}:insights".'),
    ({"cloudwatch_log_retention_days": 100}, "(days, 0 for forever), but is 100."),
    ({"kms_key_arn": f"{KEY}:alias/logs"}, f'not an ID or alias, but is "{KEY}:alias/logs".'),
    ({"kms_key_id": "alias/logs"}, 'not an ID or alias, but is "alias/logs".'),
    (
        {"kms_key_id": f"{KEY}:key/1", "kms_key_arn": f"{KEY}:key/2"},
        "kms_key_id is another name of kms_key_arn and must be null if that is set, but is"
        f' "{KEY}:key/1".',
    ),
    ({"error_rate_evaluation_periods": 1442}, "from 1 to 1440 (minutes), but is 1442."),
    ({"description": "d" * 258}, "at most 256 characters, but has 258."),
    ({"ephemeral_storage_mb": 10241}, "from 512 to 10240 (MB), but is 10241."),
    ({"layers": [f"{LAYER}:tools"]}, f'but include "{LAYER}:tools".'),
    ({"log_format": "json"}, 'The log format must be "Text" or "JSON", but is "json".'),
    ({"application_log_level": "WARN"}, 'unless log_format is "JSON", but is "WARN".'),
    ({"system_log_level": "DEBUG"}, 'unless log_format is "JSON", but is "DEBUG".'),
    ({"file_system_config": FILES}, "connected to a VPC, but mounts /mnt/files."),
    ({"snap_start": True, "python_version": "3.10"}, 'but is true with "python3.10".'),
    ({"destination_on_failure": "failures"}, 'S3 bucket, but is "failures".'),
    ({"destination_on_success": "successes"}, 'event bus, but is "successes".'),
    (
        {"lambda_role_arn": "role/case"},
        "lambda_role_arn must be null or the ARN of an IAM role"
        ' (arn:<partition>:iam::<account>:role/<name>), but is "role/case".',
    ),
    (
        {**EXISTING, "create_role": True},
        "create_role must be null or false when lambda_role_arn is set, but is true.",
    ),
    (
        {"create_role": False},
        "create_role must be null or true when lambda_role_arn is null, but is false.",
    ),
    (
        {"role_name": "my role"},
        "role_name must be null or consist of 1 to 64 letters, digits or characters of _+=,.@-, but"
        ' is "my role".',
    ),
    (
        {**EXISTING, "role_name": "case"},
        'role_name must be null unless the module creates the role, but is "case".',
    ),
    (
        {**EXISTING, "additional_iam_policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
        "additional_iam_policy_arns must be empty unless the module creates the role, but contains"
        " 1. Attach the policies to the role of lambda_role_arn instead.",
    ),
    (
        {**EXISTING, "policy_json": '{"Statement": []}'},
        "policy_json must be null unless the module creates the role. Attach the policy to the role"
        " of lambda_role_arn instead.",
    ),
    (
        {"policy_json": "s3:GetObject"},
        "policy_json must be null or an IAM policy document in JSON with a Statement, but is"
        ' "s3:GetObject".',
    ),
    (
        {"policy_json": POLICY},
        'policy_json must have statements with other Sids than those of the module, but has "Log".',
    ),
    ({"maximum_retry_attempts": 3}, "must be null, 0, 1 or 2, but is 3."),
    ({"dead_letter_arn": "arn:aws:s3:::letters"}, 'but is "arn:aws:s3:::letters".'),
    (
        {"reserved_concurrent_executions": -1},
        "null or a whole number of at least 0, but is -1.",
    ),
    (
        {"provisioned_concurrent_executions": 0},
        "null or a whole number of at least 1, but is 0.",
    ),
]
