"""Values that a plan of modules/lambda-function rejects."""

from __future__ import annotations

from typing import Any

from .shared import ACCESS_POINT, FILES, IMAGE, LAYER, ROLE, SIGNING, TOPIC, VPC

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
