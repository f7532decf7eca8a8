"""Log groups of the embedded AWS keep what they are created with."""

from __future__ import annotations

from local_aws import LocalAws


def test_a_log_groups_class_and_key_come_back_and_the_key_can_change(aws: LocalAws) -> None:
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="g", logGroupClass="INFREQUENT_ACCESS", kmsKeyId="one")
    logs.create_log_group(logGroupName="plain")

    rare, plain = logs.describe_log_groups()["logGroups"]
    assert (rare["logGroupClass"], rare["kmsKeyId"]) == ("INFREQUENT_ACCESS", "one")
    assert plain["logGroupClass"] == "STANDARD"

    logs.associate_kms_key(logGroupName="g", kmsKeyId="two")
    assert logs.describe_log_groups()["logGroups"][0]["kmsKeyId"] == "two"
    logs.disassociate_kms_key(logGroupName="g")
    assert "kmsKeyId" not in logs.describe_log_groups()["logGroups"][0]
