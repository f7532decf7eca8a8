"""Values of the DIVA module that a plan rejects."""

from __future__ import annotations

from typing import Any

from .shared import KEY, LAYER, ROLE, SIGNING

DISTRIBUTED = {"diva_mode": "distributed"}

CASES: list[tuple[dict[str, Any], str]] = [
    # The function
    (
        {"lambda_name": "a b"},
        "lambda_name must consist of 1 to 64 letters, digits, hyphens or underscores, but is"
        ' "a b".',
    ),
    ({"lambda_name": "n" * 65}, f'hyphens or underscores, but is "{"n" * 65}".'),
    (
        {"lambda_role_arn": "diva"},
        "The execution role must be the ARN of an IAM role"
        ' (arn:<partition>:iam::<account>:role/<name>), but is "diva".',
    ),
    (
        {"lambda_role_arn": f"{ROLE}s/diva"},
        f'(arn:<partition>:iam::<account>:role/<name>), but is "{ROLE}s/diva".',
    ),
    (
        {"diva_mode": "both"},
        'diva_mode must be "monolithic" or "distributed", but is "both".',
    ),
    (
        {**DISTRIBUTED, "worker_role": "alert"},
        'worker_role must be null, "detect" or "inject", but is "alert".',
    ),
    (
        {"worker_role": "detect"},
        'worker_role must be null unless diva_mode is "distributed", but is "detect".',
    ),
    (
        {**DISTRIBUTED, "shards": 0},
        "shards must be a whole number of at least 1, but is 0.",
    ),
    (
        {**DISTRIBUTED, "shards": 2.5},
        "shards must be a whole number of at least 1, but is 2.5.",
    ),
    (
        {"shards": 4},
        'shards must be 1 unless diva_mode is "distributed", but is 4.',
    ),
    (
        {**DISTRIBUTED, "shards": 9, "reserved_concurrent_executions": 8},
        "shards must be at most reserved_concurrent_executions (8), since all shards run at the"
        " same time, but is 9.",
    ),
    ({"max_workers": 0}, "max_workers must be a whole number of at least 1, but is 0."),
    ({"max_workers": 2.5}, "max_workers must be a whole number of at least 1, but is 2.5."),
    (
        {"event_timeout_sec": 0},
        "event_timeout_sec must be null or greater than 0 (seconds), but is 0.",
    ),
    (
        {"maintenance_windows": [{"start": "9:00", "duration_min": 5}]},
        'start in maintenance_windows must be a time from 00:00 to 23:59, but is "9:00".',
    ),
    (
        {"maintenance_windows": [{"start": "09:00", "duration_min": 10081}]},
        "duration_min in maintenance_windows must be a whole number from 1 to 10080 (minutes, one"
        " week), but is 10081.",
    ),
    (
        {"maintenance_windows": [{"start": "09:00", "duration_min": 5, "days": ["Monday"]}]},
        'days in maintenance_windows must be "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" or "Sun",'
        ' but contains "Monday".',
    ),
    (
        {"lambda_memory_mb": 127},
        "The memory must be a whole number from 128 to 10240 (MB), but is 127.",
    ),
    ({"lambda_memory_mb": 10241}, "from 128 to 10240 (MB), but is 10241."),
    ({"lambda_memory_mb": 128.5}, "from 128 to 10240 (MB), but is 128.5."),
    (
        {"lambda_timeout_sec": 0},
        "The timeout must be a whole number from 1 to 900 (seconds), but is 0.",
    ),
    ({"lambda_timeout_sec": 901}, "from 1 to 900 (seconds), but is 901."),
    ({"lambda_timeout_sec": 1.5}, "from 1 to 900 (seconds), but is 1.5."),
    (
        {"lambda_runtime": "python3.9"},
        'The runtime must be one of "python3.10" to "python3.14", but is "python3.9".',
    ),
    ({"lambda_runtime": "3.13"}, 'one of "python3.10" to "python3.14", but is "3.13".'),
    (
        {"lambda_architecture": "aarch64"},
        'The architecture must be "arm64" or "x86_64", but is "aarch64".',
    ),
    (
        {"lambda_layers": [f"{LAYER}:tools:{number}" for number in range(6)]},
        "A function must have at most five layers, but has 6.",
    ),
    (
        {"lambda_layers": [f"{LAYER}:tools:1", f"{LAYER}:tools"]},
        "Layers must be ARNs of layer versions"
        " (arn:<partition>:lambda:<region>:<account>:layer:<name>:<version>), but include"
        f' "{LAYER}:tools".',
    ),
    (
        {"lambda_vpc_config": {"subnet_ids": [], "security_group_ids": ["sg-1"]}},
        "The VPC configuration must have at least one subnet and one security group, but has 0"
        " and 1.",
    ),
    (
        {"lambda_vpc_config": {"subnet_ids": ["subnet-1"], "security_group_ids": []}},
        "one subnet and one security group, but has 1 and 0.",
    ),
    (
        {"environment_variables": {"GOOD": "1", "DIVA_MODE": "x", "DIVA_X": "y"}},
        'environment_variables must not contain names that start with "DIVA_", which are reserved'
        ' for the engine, but contains "DIVA_MODE", "DIVA_X".',
    ),
    (
        {"environment_variables": {"GOOD": "1", "AWS_REGION": "x", "LAMBDA_TASK_ROOT": "y"}},
        "environment_variables must not contain names that Lambda reserves, but contains"
        ' "AWS_REGION", "LAMBDA_TASK_ROOT".',
    ),
    (
        {"environment_variables": {"GOOD": "1", "BAD-NAME": "x"}},
        "environment_variables must have names of at least two letters, digits or underscores"
        ' that start with a letter, but contains "BAD-NAME".',
    ),
    (
        {"reserved_concurrent_executions": -2},
        "reserved_concurrent_executions must be null or a whole number of at least 0, but is -2.",
    ),
    # The schedule
    (
        {"schedule_expression": "every 5 minutes"},
        "schedule_expression must be rate(...) or cron(...), for example rate(5 minutes), but is"
        ' "every 5 minutes".',
    ),
    (
        {"schedule_expression": "rate(5 minute)"},
        "A rate in schedule_expression must be a whole number of at least 1 and a unit (minute,"
        " hour or day), singular for 1 and plural otherwise, for example rate(5 minutes), but is"
        ' "rate(5 minute)".',
    ),
    (
        {"schedule_expression": "rate(1 hours)"},
        'for example rate(5 minutes), but is "rate(1 hours)".',
    ),
    (
        {"schedule_expression": "rate(0 minutes)"},
        'for example rate(5 minutes), but is "rate(0 minutes)".',
    ),
    (
        {"schedule_expression": "rate(30 seconds)"},
        'for example rate(5 minutes), but is "rate(30 seconds)".',
    ),
    (
        {"schedule_expression": "cron(0 8 * * ?)"},
        "A cron expression in schedule_expression must have six fields (minutes, hours, day of"
        " month, month, day of week, year), for example cron(0 8 ? * MON-FRI *), but is"
        ' "cron(0 8 * * ?)".',
    ),
    (
        {"schedule_expression": "cron(0 8 * * * *)"},
        'A cron expression in schedule_expression must have "?" as either the day of month or the'
        ' day of week, for example cron(0 8 ? * MON-FRI *), but is "cron(0 8 * * * *)".',
    ),
    (
        {"schedule_expression": "cron(0 8 ? * ? *)"},
        'for example cron(0 8 ? * MON-FRI *), but is "cron(0 8 ? * ? *)".',
    ),
    # State
    (
        {"s3_bucket_name": "State_Bucket"},
        "s3_bucket_name must consist of 3 to 63 lowercase letters, digits, dots or hyphens and"
        ' start and end with a letter or digit, but is "State_Bucket".',
    ),
    (
        {**DISTRIBUTED, "s3_bucket_name": "state-bucket"},
        's3_bucket_name must be null unless diva_mode is "monolithic", but is "state-bucket". Use'
        " dynamodb_table_name in distributed mode.",
    ),
    (
        {**DISTRIBUTED, "create_s3_bucket": True},
        'create_s3_bucket must be null or false unless diva_mode is "monolithic", but is true.',
    ),
    (
        {"create_s3_bucket": True, "s3_bucket_name": "state-bucket"},
        "create_s3_bucket must be null or false when s3_bucket_name is set to an existing bucket"
        ' ("state-bucket"), but is true.',
    ),
    (
        {"create_s3_bucket": False},
        "s3_bucket_name must be set to an existing bucket when create_s3_bucket is false, but is"
        " null.",
    ),
    (
        {"create_dynamodb_table": True},
        'create_dynamodb_table must be null or false unless diva_mode is "distributed", but is'
        " true.",
    ),
    (
        {**DISTRIBUTED, "create_dynamodb_table": True, "dynamodb_table_name": "state-table"},
        "create_dynamodb_table must be null or false when dynamodb_table_name is set to an existing"
        ' table ("state-table"), but is true.',
    ),
    (
        {**DISTRIBUTED, "create_dynamodb_table": False},
        "dynamodb_table_name must be set to an existing table when create_dynamodb_table is false,"
        " but is null.",
    ),
    (
        {**DISTRIBUTED, "dynamodb_table_name": "arn:aws:dynamodb:table"},
        "dynamodb_table_name must be a name (not an ARN) of 3 to 255 letters, digits, underscores,"
        ' dots or hyphens, but is "arn:aws:dynamodb:table".',
    ),
    (
        {"dynamodb_table_name": "state-table"},
        'dynamodb_table_name must be null unless diva_mode is "distributed", but is "state-table".'
        " Use s3_bucket_name in monolithic mode.",
    ),
    (
        {"state_key": "/state.json"},
        "state_key must consist of letters, digits and !_.'()- with single slashes between them,"
        ' but is "/state.json".',
    ),
    ({"state_key": "state/*"}, 'with single slashes between them, but is "state/*".'),
    (
        {**DISTRIBUTED, "state_key": "state.json"},
        'state_key must be null unless diva_mode is "monolithic", but is "state.json".',
    ),
    (
        {"state_version_retention_days": 0},
        "state_version_retention_days must be null or a whole number of at least 1 (days), but"
        " is 0.",
    ),
    (
        {"kms_key_arn": f"{KEY}:alias/state"},
        "kms_key_arn must be a key ARN (arn:<partition>:kms:<region>:<account>:key/<id>), not an"
        f' ID or alias, but is "{KEY}:alias/state".',
    ),
    # Logs
    (
        {"lambda_log_level": "debug"},
        'The log level must be "DEBUG", "INFO", "WARNING", "ERROR" or "CRITICAL", but is "debug".',
    ),
    ({"lambda_log_format": "json"}, 'The log format must be "Text" or "JSON", but is "json".'),
    ({"log_retention_days": 100}, "3288, 3653 (days, 0 for forever), but is 100."),
    (
        {"log_kms_key_arn": "logs"},
        "The KMS key of the log group must be a key ARN"
        " (arn:<partition>:kms:<region>:<account>:key/<id>), not an ID or alias, but is"
        ' "logs".',
    ),
    # Monitoring of DIVA itself
    (
        {"alarm_actions": ["alerts"]},
        "alarm_actions must contain only ARNs (arn:<partition>:<service>:...), but contains"
        ' "alerts".',
    ),
    (
        {"alarm_actions": [f"arn:aws:sns:us-east-1:123456789012:{name}" for name in "abcdef"]},
        "alarm_actions must contain at most five ARNs, but contains 6.",
    ),
    (
        {"dead_letter_arn": "arn:aws:sqs:us-east-1:123456789012:letters.fifo"},
        "dead_letter_arn must be the ARN of a standard (not FIFO) SQS queue"
        " (arn:<partition>:sqs:<region>:<account>:<name>), but is"
        ' "arn:aws:sqs:us-east-1:123456789012:letters.fifo".',
    ),
    (
        {"dead_letter_arn": "arn:aws:sns:us-east-1:123456789012:letters"},
        'but is "arn:aws:sns:us-east-1:123456789012:letters".',
    ),
    # The package
    ({"code_signing_config_arn": f"{SIGNING}:root"}, f'but is "{SIGNING}:root".'),
    (
        {"event_logic_path": "../event_logic.txt"},
        'event_logic_path must be the path of a Python file (.py), but is "../event_logic.txt".',
    ),
    (
        {"event_logic_path": "../no_logic.py"},
        'The source "../no_logic.py" of case (event_logic.py in the package) does not exist.',
    ),
    (
        {"extra_source_paths": ["../no_folder/"]},
        'The source "../no_folder/" of case (no_folder in the package) does not exist.',
    ),
    (
        {"extra_source_paths": ["../a/common.py", "../b/common.py"]},
        "extra_source_paths must have different names, since all go to the root of the package,"
        ' but contains "../a/common.py", "../b/common.py".',
    ),
    (
        {"extra_source_paths": ["../lambda/diva"]},
        'Names in extra_source_paths must not be "diva" or "event_logic", which the package already'
        ' contains, but include "../lambda/diva".',
    ),
    (
        {"extra_source_paths": ["../a/event_logic.py"]},
        'which the package already contains, but include "../a/event_logic.py".',
    ),
    (
        {"extra_source_paths": [".."]},
        "Names in extra_source_paths must consist of letters, digits, underscores, dots or hyphens"
        ' and start with a letter, digit or underscore, but include "..".',
    ),
    (
        {"requirements_path": "../no_requirements.txt"},
        'The requirements file "../no_requirements.txt" of case does not exist.',
    ),
    (
        {"package_path": "../no_package.zip"},
        'The package "../no_package.zip" of case does not exist.',
    ),
    (
        {"package_path": "../given.zip", "requirements_path": "../requirements.txt"},
        'requirements_path must be null when package_path is set, but is "../requirements.txt".',
    ),
    (
        {"package_path": "../given.zip", "extra_source_paths": ["../extra.py"]},
        'extra_source_paths must be empty when package_path is set, but contains "../extra.py".',
    ),
    (
        {"package_s3_bucket": "Packages"},
        "package_s3_bucket must consist of 3 to 63 lowercase letters, digits,"
        ' dots or hyphens and start and end with a letter or digit, but is "Packages".',
    ),
    (
        {"create_package": True, "package_path": "../given.zip"},
        'create_package must be null or false when package_path is set ("../given.zip"), but is'
        " true.",
    ),
    (
        {"create_package": False},
        "package_path must be set when create_package is false, but is null.",
    ),
    (
        {"store_package_on_s3": True},
        "package_s3_bucket must be set when store_package_on_s3 is true, but is null.",
    ),
    (
        {"store_package_on_s3": False, "package_s3_bucket": "packages"},
        "store_package_on_s3 must be null or true when package_s3_bucket is set"
        ' ("packages"), but is false.',
    ),
]
