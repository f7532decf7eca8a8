"""Values that plans of modules/splunk-forwarder and modules/dynatrace-sync reject."""

from __future__ import annotations

from typing import Any

from .shared import KEY

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
