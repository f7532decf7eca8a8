"""Values that a plan rejects: variables, and the message that they cause or the end of it."""

from __future__ import annotations

from typing import Any

ROLE = "arn:aws:iam::123456789012:role"
KEY = "arn:aws:kms:us-east-1:123456789012"
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer"
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/reports:v1"
SIGNING = "arn:aws:lambda:us-east-1:123456789012:code-signing-config"
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


TOPIC = "arn:aws:sns:us-east-1:123456789012"
ACCESS_POINT = "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0a1b"
FILES = {"arn": ACCESS_POINT, "local_mount_path": "/mnt/files"}
VPC = {"vpc_config": {"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}}
UNUSABLE_PATTERNS = ["", "/tests", "../tests", "./tests", "tests\\data", "[tests"]
WRONG_HANDLERS = [
    "main/handler",
    "main.",
    ".handler",
    "folder//main.handler",
    "../main.handler",
    "my main.handler",
    "main.my-handler",
    f"{'long' * 31}.main",
]
UNUSABLE_NAMES = ["../b.py", "/a.py", "c//d.py", "e/./f.py", "g\\h.py", "i/"]

# Variables of modules/lambda-function that the DIVA module does not expose.
FUNCTION = {
    "function_name": "case",
    "role_arn": f"{ROLE}/case",
    "handler": "event_logic.get_events",
    "sources": {"event_logic.py": "../event_logic.py"},
}
FUNCTION_CASES: list[tuple[dict[str, Any], str]] = [
    (
        {"handler": "get_events"},
        "handler must be <module>.<function>, for example main.handler or folder/main.handler, of"
        ' at most 128 characters, but is "get_events".',
    ),
    *[
        ({"handler": handler}, f'of at most 128 characters, but is "{handler}".')
        for handler in WRONG_HANDLERS
    ],
    (
        {"source_dir": "../examples", "source_excludes": ["good/**", *UNUSABLE_PATTERNS]},
        "source_excludes must contain patterns that are relative to the source directories, with"
        ' forward slashes and without ".." parts, for example tests or **/*.md, but contains'
        ' "", "/tests", "../tests", "./tests", "tests\\data", "[tests".',
    ),
    (
        {"source_dir": "../lambda", "source_excludes": ["**"]},
        'The source directory "../lambda" of case does not exist or contains no files to package.',
    ),
    ({"maximum_retry_attempts": 3}, "maximum_retry_attempts must be null, 0, 1 or 2, but is 3."),
    (
        {"destination_on_failure": "arn:aws:sqs:us-east-1:123456789012:failures.fifo"},
        "destination_on_failure must be the ARN of a standard (not FIFO) SQS queue or SNS topic, a"
        " Lambda function, an EventBridge event bus or an S3 bucket, but is"
        ' "arn:aws:sqs:us-east-1:123456789012:failures.fifo".',
    ),
    (
        {"destination_on_success": "arn:aws:s3:::successes"},
        "destination_on_success must be the ARN of a standard (not FIFO) SQS queue or SNS topic, a"
        ' Lambda function or an EventBridge event bus, but is "arn:aws:s3:::successes".',
    ),
    (
        {"destination_on_failure": f"{TOPIC}:failures", "maximum_retry_attempts": None},
        "destination_on_failure must be null when maximum_retry_attempts is null, since the module"
        f' then does not configure asynchronous runs, but is "{TOPIC}:failures".',
    ),
    (
        {"destination_on_success": f"{TOPIC}:successes", "maximum_retry_attempts": None},
        f'does not configure asynchronous runs, but is "{TOPIC}:successes".',
    ),
    (
        {"description": "d" * 257},
        "The description must have at most 256 characters, but has 257.",
    ),
    (
        {"ephemeral_storage_mb": 511},
        "ephemeral_storage_mb must be a whole number from 512 to 10240 (MB), but is 511.",
    ),
    (
        {**VPC, "file_system_config": {"arn": ROLE, "local_mount_path": "/mnt/files"}},
        "arn in file_system_config must be the ARN of an EFS access point"
        " (arn:<partition>:elasticfilesystem:<region>:<account>:access-point/<id>), but is"
        f' "{ROLE}".',
    ),
    (
        {**VPC, "file_system_config": {"arn": ACCESS_POINT, "local_mount_path": "/files"}},
        "local_mount_path in file_system_config must be /mnt/ and a name of letters, digits, dots,"
        ' hyphens or underscores, for example /mnt/files, but is "/files".',
    ),
    (
        {"file_system_config": FILES},
        "file_system_config must be null unless the function is connected to a VPC, but mounts"
        " /mnt/files.",
    ),
    (
        {"log_format": "JSON", "application_log_level": "WARNING"},
        'application_log_level must be null, "TRACE", "DEBUG", "INFO", "WARN", "ERROR" or "FATAL",'
        ' but is "WARNING".',
    ),
    (
        {"application_log_level": "INFO"},
        'application_log_level must be null unless log_format is "JSON", but is "INFO".',
    ),
    (
        {"log_format": "JSON", "system_log_level": "ERROR"},
        'system_log_level must be null, "DEBUG", "INFO" or "WARN", but is "ERROR".',
    ),
    (
        {"system_log_level": "WARN"},
        'system_log_level must be null unless log_format is "JSON", but is "WARN".',
    ),
    (
        {"snap_start": True, "runtime": "python3.11"},
        'snap_start must be false for runtimes before "python3.12", but is true with "python3.11".',
    ),
    (
        {"snap_start": True, "provisioned_concurrent_executions": 1},
        "snap_start must be false with provisioned_concurrent_executions, but is true with 1.",
    ),
    (
        {"snap_start": True, **VPC, "file_system_config": FILES},
        "snap_start must be false with file_system_config, but is true with /mnt/files.",
    ),
    (
        {"snap_start": True, "ephemeral_storage_mb": 513},
        "snap_start must be false with more than 512 MB of ephemeral storage, but is true with 513"
        " MB.",
    ),
    (
        {"handler": "main.handler"},
        'The module of handler "main.handler" of case must be in the package, but the package does'
        " not contain main.py.",
    ),
    (
        {"sources": {}, "source_dir": "../nothing"},
        'The source directory "../nothing" of case does not exist or contains no files to package.',
    ),
    (
        {"provisioned_concurrent_executions": 0},
        "provisioned_concurrent_executions must be null or a whole number of at least 1, but is 0.",
    ),
    (
        {"provisioned_concurrent_executions": 3, "reserved_concurrent_executions": 2},
        "provisioned_concurrent_executions must be at most reserved_concurrent_executions (2), but"
        " is 3.",
    ),
    (
        {"dead_letter_arn": "arn:aws:s3:::letters"},
        "dead_letter_arn must be the ARN of a standard (not FIFO) SQS queue or SNS topic"
        " (arn:<partition>:<sqs or sns>:<region>:<account>:<name>), but is"
        ' "arn:aws:s3:::letters".',
    ),
    (
        {"code_signing_config_arn": f"{SIGNING}:csc-1"},
        "code_signing_config_arn must be the ARN of a code signing configuration"
        " (arn:<partition>:lambda:<region>:<account>:code-signing-config:<id>), but is"
        f' "{SIGNING}:csc-1".',
    ),
    (
        {"alert_strategy": "at once"},
        'alert_strategy must be "immediate" or "threshold", but is "at once".',
    ),
    (
        {"error_rate_threshold": 100},
        "error_rate_threshold must be at least 0 and less than 100 (percent), but is 100.",
    ),
    (
        {"error_rate_eval_periods": 0},
        "error_rate_eval_periods must be a whole number from 1 to 1440 (minutes), but is 0.",
    ),
    (
        {"error_rate_eval_periods": 3, "error_rate_datapoints_to_alarm": 4},
        "error_rate_datapoints_to_alarm must be null or a whole number from 1 to"
        " error_rate_eval_periods (3), but is 4.",
    ),
    (
        {"duration_threshold_percent": 100},
        "duration_threshold_percent must be null or greater than 0 and less than 100, but is 100.",
    ),
    (
        {"memory_utilization_threshold_percent": 0},
        "memory_utilization_threshold_percent must be null or greater than 0 and less than 100, but"
        " is 0.",
    ),
    (
        {
            "metric_alarms": {
                name: {
                    "description": "case",
                    "namespace": "Case",
                    "metric_name": "Case",
                    "threshold": 0,
                }
                for name in ("orders", "throttles", "errors-threshold")
            }
        },
        "metric_alarms must not contain names of alarms that the module creates, but contains"
        ' "errors-threshold", "throttles".',
    ),
    (
        {"missing_runs_sec": 60},
        "missing_runs_sec must be null or from 120 to 604800 (seconds), but is 60.",
    ),
    (
        {"runs_per_period": 0},
        "runs_per_period must be a whole number of at least 1, but is 0.",
    ),
    (
        {"ignore_provisioned_concurrency_changes": True},
        "ignore_provisioned_concurrency_changes must be false unless"
        " provisioned_concurrent_executions is set.",
    ),
    (
        {"sources": {}},
        "The package must come either from package_path or from source_dir, source_roots and"
        " sources, but none of them is set.",
    ),
    (
        {"package_path": "../given.zip"},
        "The package must come either from package_path or from source_dir, source_roots and"
        " sources, but both are set.",
    ),
    (
        {"image_uri": "reports:v1"},
        "image_uri must be the URI of an image in Amazon ECR with a tag or digest"
        ' (<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>), but is "reports:v1".',
    ),
    (
        {"image_uri": IMAGE},
        "image_uri must be null when package_path, source_dir, source_roots or sources is set, but"
        f' is "{IMAGE}".',
    ),
    (
        {"image_uri": IMAGE, "sources": {}, "layers": [f"{LAYER}:tools:1"]},
        "image_uri must be null with layers, snap_start, code_signing_config_arn or"
        " package_s3_bucket, which Lambda does not support for images, but is",
    ),
    (
        {"image_uri": IMAGE, "sources": {}, "create_package": True},
        f'create_package must be null or false when image_uri is set ("{IMAGE}"), but is true.',
    ),
    (
        {"source_roots": {"../diva": "../lambda/diva", "good/name": "../lambda/diva"}},
        'Paths inside the package must be relative, with forward slashes and without empty, "." or'
        ' ".." parts, but source_roots contains "../diva".',
    ),
    (
        {
            "sources": dict.fromkeys(["event_logic.py", "diva/state.py"], "../event_logic.py"),
            "source_roots": {"diva": "../lambda/diva"},
        },
        "Each file in the package of case must come from one source, but diva/state.py comes from"
        " ../event_logic.py and ../lambda/diva/state.py.",
    ),
    (
        {"sources": dict.fromkeys(["good.py", *UNUSABLE_NAMES], "../event_logic.py")},
        'Paths inside the package must be relative, with forward slashes and without empty, "." or'
        ' ".." parts, but sources contains'
        ' "../b.py", "/a.py", "c//d.py", "e/./f.py", "g\\h.py", "i/".',
    ),
]

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
        "lambda_source_dir, source_roots or package_path must be set, but none is.",
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

# Variables of modules/splunk-forwarder and modules/dynatrace-sync. Those that they pass on are
# validated by modules/monitored-lambda.
TOKENS = "arn:aws:secretsmanager:us-east-1:123456789012:secret"
FORWARDER = {"token_secret_arn": f"{TOKENS}:token-AbCdEf", "alarm_emails": ["on-call@example.com"]}
FORWARDER_CASES: list[tuple[dict[str, Any], str]] = [
    (
        {"token_secret_arn": "token"},
        "token_secret_arn must be the ARN of a secret"
        ' (arn:<partition>:secretsmanager:<region>:<account>:secret:<name>), but is "token".',
    ),
    (
        {"token_kms_key_arn": f"{KEY}:alias/token"},
        "token_kms_key_arn must be a key ARN (arn:<partition>:kms:<region>:<account>:key/<id>), not"
        f' an ID or alias, but is "{KEY}:alias/token".',
    ),
    (
        {"ca_certificates_pem": "/etc/ssl/ca.pem"},
        "ca_certificates_pem must be null or certificates in PEM form of at most 3000 characters,"
        " since Lambda limits environment variables to 4 KB, but has 15 characters and begins with"
        ' "/etc/ssl/ca.pem".',
    ),
    (
        {"ca_certificates_pem": f"-----BEGIN CERTIFICATE-----{'x' * 3000}"},
        'but has 3027 characters and begins with "-----BEGIN CERTIFICATE-----".',
    ),
    (
        {"timeout_sec": 20},
        "timeout_sec must be a whole number from 30 to 900 (seconds), but is 20.",
    ),
    (
        {"subnet_ids": ["subnet-1"]},
        "subnet_ids and security_group_ids must both be empty or both contain at least one ID, but"
        " contain 1 and 0.",
    ),
]
SPLUNK = {**FORWARDER, "hec_url": "https://hec.example.com:8088"}
SPLUNK_CASES: list[tuple[dict[str, Any], str]] = [
    *FORWARDER_CASES,
    (
        {"hec_url": "http://hec.example.com:8088"},
        "hec_url must be an HTTPS URL without the path of an endpoint, for example"
        ' https://hec.example.com:8088, but is "http://hec.example.com:8088".',
    ),
    (
        {"hec_url": "https://hec.example.com/services/collector/event"},
        'but is "https://hec.example.com/services/collector/event".',
    ),
    (
        {"max_batch_bytes": 999},
        "max_batch_bytes must be a whole number from 1000 to 100000000 (bytes), but is 999.",
    ),
]
DYNATRACE = {**FORWARDER, "dynatrace_url": "https://abc12345.live.dynatrace.com"}
DYNATRACE_CASES: list[tuple[dict[str, Any], str]] = [
    *FORWARDER_CASES,
    (
        {"dynatrace_url": "abc12345.live.dynatrace.com"},
        "dynatrace_url must be the HTTPS URL of an environment without the path of an API, for"
        ' example https://abc12345.live.dynatrace.com, but is "abc12345.live.dynatrace.com".',
    ),
    (
        {"dynatrace_url": "https://abc12345.live.dynatrace.com/api/v2/metrics/ingest"},
        'but is "https://abc12345.live.dynatrace.com/api/v2/metrics/ingest".',
    ),
    (
        {"log_group_names": ["/aws/lambda/*", "a b"]},
        "log_group_names must contain only names of log groups, which consist of 1 to 512 letters,"
        ' digits and the characters _./#-, or *, but contains "a b".',
    ),
    (
        {"lag_sec": 3600},
        "lag_sec must be from 60 to 2700 (seconds), since Dynatrace accepts metrics of the last"
        " hour, but is 3600.",
    ),
]
