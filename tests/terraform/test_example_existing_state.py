"""The existing-state example: its storage, and the permissions of its roles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from .examples import Example, applied, period
from .privileges import FunctionUnderTest, Period

if TYPE_CHECKING:
    from local_aws import LocalAws

# The path of a bucket, which stands for a website: it responds once the bucket is created.
SITE = "not-yet-made"


@pytest.fixture(scope="module")
def example(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    urls = {"front": aws.endpoint, "gone": f"{aws.endpoint}/{SITE}"}
    folder = tmp_path_factory.mktemp("example")
    with applied(aws, folder, "existing-state", {"shop_urls": urls}) as example:
        yield example


def test_it_uses_the_existing_bucket_table_and_key(aws: LocalAws, example: Example) -> None:
    outputs = example.outputs
    rules = outputs["eventbridge_rule_names"]
    assert period(aws, rules["shop"]) == {"front": "ok", "gone": "failed_detection (1/3)"}
    assert period(aws, rules["partners"]) == {"dynamodb": "ok"}

    bucket, key = outputs["state_bucket_name"], outputs["state_key"]
    state = aws.client("s3").get_object(Bucket=bucket, Key=key)
    assert state["ServerSideEncryption"] == "aws:kms"
    assert "404" in json.loads(state["Body"].read())["gone"]["last_error"]
    table = outputs["dynamodb_table_name"]
    [item] = aws.client("dynamodb").scan(TableName=table)["Items"]
    assert item["event_id"] == {"S": "dynamodb"}
    assert not example.plan(), "a second plan is empty"


@pytest.fixture
def site(aws: LocalAws) -> Iterator[None]:
    aws.client("s3").create_bucket(Bucket=SITE)
    yield
    aws.client("s3").delete_bucket(Bucket=SITE)


@pytest.mark.usefixtures("site")
def test_the_shops_role_has_the_permissions_that_it_needs_and_no_others(
    aws: LocalAws, example: Example
) -> None:
    s3 = aws.client("s3")
    state = {"Bucket": example.outputs["state_bucket_name"], "Key": example.outputs["state_key"]}
    was_failing = json.dumps({"gone": {"alerted": True, "healthy": False}})
    healthy = {"front": "ok", "gone": "ok"}
    under_test = FunctionUnderTest(
        aws,
        example.outputs["lambda_function_names"]["shop"],
        [
            Period(
                lambda: s3.put_object(**state, Body=was_failing), {**healthy, "gone": "ok resolved"}
            ),
            Period(lambda: s3.put_object(**state, Body="half of it"), healthy),
            Period(lambda: s3.delete_object(**state), healthy),
        ],
    )
    unneeded = under_test.unneeded_grants()
    assert not unneeded, unneeded


def test_the_partners_role_has_the_permissions_that_it_needs_and_no_others(
    aws: LocalAws, example: Example
) -> None:
    dynamodb = aws.client("dynamodb")
    table = {"TableName": example.outputs["dynamodb_table_name"]}
    key = {"event_id": {"S": "dynamodb"}}
    was_failing = {**key, "alerted": {"BOOL": True}, "healthy": {"BOOL": False}}
    under_test = FunctionUnderTest(
        aws,
        example.outputs["lambda_function_names"]["partners"],
        [
            Period(
                lambda: dynamodb.put_item(**table, Item=was_failing), {"dynamodb": "ok resolved"}
            ),
            Period(lambda: dynamodb.delete_item(**table, Key=key), {"dynamodb": "ok"}),
        ],
    )
    unneeded = under_test.unneeded_grants()
    assert not unneeded, unneeded
