"""Log groups of the embedded AWS."""

from __future__ import annotations

from local_aws import LocalAws


def test_a_log_group_keeps_its_class_and_its_key_which_can_change(aws: LocalAws) -> None:
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
