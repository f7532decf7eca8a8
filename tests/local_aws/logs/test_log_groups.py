"""Log groups of the embedded AWS."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from ..functions import deploy, permit


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


@pytest.mark.parametrize(
    ("service", "group", "permitted"),
    [
        ("logs", "one:*", True),
        ("logs", "one", False),
        ("logs", "other:*", False),
        ("sns", "one:*", False),
    ],
)
def test_a_function_is_subscribed_only_if_cloudwatch_logs_may_invoke_it(
    aws: LocalAws, service: str, group: str, permitted: bool
) -> None:
    place = f"{aws.region}:{aws.account_id}"
    name = deploy(aws, "def handler(event, context):\n    pass")
    permit(aws, name, service, f"arn:aws:logs:{place}:log-group:{group}")
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="one")
    subscription = {
        "logGroupName": "one",
        "filterName": "all",
        "filterPattern": "",
        "destinationArn": f"arn:aws:lambda:{place}:function:{name}",
    }
    if permitted:
        logs.put_subscription_filter(**subscription)
    else:
        with pytest.raises(ClientError, match="given CloudWatch Logs permission to execute"):
            logs.put_subscription_filter(**subscription)
    found = logs.describe_subscription_filters(logGroupName="one")["subscriptionFilters"]
    assert bool(found) == permitted
