"""The resources of each mode, as AWS describes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_terraform import terraform

if TYPE_CHECKING:
    from local_aws import LocalAws

# Each call creates a fixture that applies the root module of that name.
terraform("monolithic", scope="module")
terraform("distributed", scope="module")


def test_monolithic_mode_by_default(aws: LocalAws, monolithic: Any) -> None:
    outputs = monolithic.outputs["diva"]["value"]
    policy = outputs.pop("lambda_policy_json")
    assert outputs == {
        "alarm_arns": {},
        "dashboard_name": None,
        "dynamodb_table_name": None,
        "eventbridge_rule_arn": "arn:aws:events:us-east-1:123456789012:rule/defaults-schedule",
        "eventbridge_rule_name": "defaults-schedule",
        "eventbridge_rule_names": ["defaults-schedule"],
        "lambda_execution_role_arn": "arn:aws:iam::123456789012:role/defaults",
        "lambda_function_arn": "arn:aws:lambda:us-east-1:123456789012:function:defaults",
        "lambda_function_name": "defaults",
        "state_bucket_name": "diva-defaults-123456789012-us-east-1",
        "state_key": "diva/defaults/state.json",
    }
    assert json.loads(policy)["Version"] == "2012-10-17"

    function = configuration(aws, "defaults")
    assert function["Environment"]["Variables"] == {
        "DIVA_LOG_LEVEL": "INFO",
        "DIVA_MAX_WORKERS": "8",
        "DIVA_MODE": "monolithic",
        "DIVA_PARALLELIZE": "true",
        "DIVA_STATE_BUCKET": "diva-defaults-123456789012-us-east-1",
        "DIVA_STATE_KEY": "diva/defaults/state.json",
    }
    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert (function["MemorySize"], function["Timeout"]) == (128, 60)
    assert function["LoggingConfig"] == {
        "LogFormat": "Text",
        "LogGroup": "/aws/lambda/defaults",
    }
    retries = aws.client("lambda").get_function_event_invoke_config(FunctionName="defaults")
    assert retries["MaximumRetryAttempts"] == 0
    assert log_group(aws, "defaults")["retentionInDays"] == 365
    rule = aws.client("events").describe_rule(Name="defaults-schedule")
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(5 minutes)", "ENABLED")

    bucket = outputs["state_bucket_name"]
    s3 = aws.client("s3")
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    expiry, abort = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert expiry["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}
    assert abort["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    [encryption] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"][
        "Rules"
    ]
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert len(block) == 4
    assert all(block.values())
    [statement] = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )

    [invocation] = aws.fire("defaults-schedule")
    assert invocation.payload["results"] == {"checkout": "failed_detection (1/3)"}
    assert "Detection for event 'checkout' failed (1/3)" in invocation.log_tail
    stored = json.load(s3.get_object(Bucket=bucket, Key=outputs["state_key"])["Body"])
    assert stored["checkout"]["detection_failures"] == 1


def test_distributed_mode_with_every_option(aws: LocalAws, distributed: Any) -> None:
    outputs = {name: output["value"] for name, output in distributed.outputs.items()}
    key = outputs["kms_key_arn"]
    for worker in ("detect", "inject"):
        assert outputs[worker]["dynamodb_table_name"] == "options-detect-state"
        assert outputs[worker]["state_bucket_name"] is None

    function = configuration(aws, "options-detect")
    assert function["Environment"]["Variables"] == {
        "DIVA_EVENT_TIMEOUT_SEC": "2.5",
        "DIVA_LOG_LEVEL": "WARNING",
        "DIVA_MAINTENANCE_WINDOWS": '[{"days":["Sat"],"duration_min":60,"start":"22:30"}]',
        "DIVA_MAX_WORKERS": "2",
        "DIVA_MODE": "distributed",
        "DIVA_PARALLELIZE": "false",
        "DIVA_STATE_TABLE": "options-detect-state",
        "DIVA_WORKER_ROLE": "detect",
        "TARGET": "staging",
        "TOKEN": "secret",
    }
    assert (function["Runtime"], function["Architectures"]) == ("python3.12", ["x86_64"])
    assert (function["MemorySize"], function["Timeout"]) == (256, 90)
    assert function["KMSKeyArn"] == key
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert len(function["VpcConfig"]["SubnetIds"]) == 1
    assert (
        function["LoggingConfig"].items()
        >= {
            "LogFormat": "JSON",
            "ApplicationLogLevel": "WARN",
        }.items()
    )
    functions = aws.client("lambda")
    signing = functions.get_function_code_signing_config(FunctionName="options-detect")
    assert signing["CodeSigningConfigArn"].endswith(":csc-0123456789abcdef0")
    concurrency = functions.get_function_concurrency(FunctionName="options-detect")
    assert concurrency["ReservedConcurrentExecutions"] == 1
    group = log_group(aws, "options-detect")
    assert (group["retentionInDays"], group["kmsKeyId"]) == (30, key)
    rule = aws.client("events").describe_rule(Name="options-detect-schedule")
    assert rule["ScheduleExpression"] == "cron(0/5 8-18 ? * MON-FRI *)"
    assert rule["State"] == "DISABLED"

    dynamodb = aws.client("dynamodb")
    table = dynamodb.describe_table(TableName="options-detect-state")["Table"]
    assert table["KeySchema"] == [{"AttributeName": "event_id", "KeyType": "HASH"}]
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["SSEDescription"]["KMSMasterKeyArn"] == key
    backups = dynamodb.describe_continuous_backups(TableName="options-detect-state")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"

    [package] = aws.client("s3").list_objects_v2(Bucket="options-packages")["Contents"]
    assert package["Key"].startswith("options-detect/")

    missing = aws.invoke("options-detect", {}).payload["results"]
    assert missing == {"orders": "failed_detection (1/3)"}
    [injected] = aws.fire("options-inject-schedule")
    assert injected.payload["results"] == {"orders": "injected"}


def configuration(aws: LocalAws, name: str) -> dict[str, Any]:
    function: dict[str, Any] = aws.client("lambda").get_function_configuration(FunctionName=name)
    return function


def log_group(aws: LocalAws, name: str) -> dict[str, Any]:
    [group] = aws.client("logs").describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")[
        "logGroups"
    ]
    found: dict[str, Any] = group
    return found
