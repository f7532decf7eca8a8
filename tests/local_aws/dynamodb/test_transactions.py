"""Transactions whose request is sent again, for example because the response was lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws
from local_aws.dynamodb.transactions import KNOWN_SEC

from ..clocks import SetClock


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def aws(clock: SetClock) -> Iterator[LocalAws]:
    with LocalAws(clock=clock) as aws:
        aws.client("dynamodb").create_table(
            TableName="table",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )
        yield aws


def create(aws: LocalAws, key: str, **more: Any) -> None:
    """Create an item that must not exist."""
    put = {
        "TableName": "table",
        "Item": {"pk": {"S": key}},
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    aws.client("dynamodb").transact_write_items(TransactItems=[{"Put": put}], **more)


def test_a_request_that_is_sent_again_is_carried_out_once(aws: LocalAws, clock: SetClock) -> None:
    create(aws, "a", ClientRequestToken="token")
    create(aws, "a", ClientRequestToken="token")
    clock.advance(KNOWN_SEC)
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        create(aws, "a", ClientRequestToken="token")


def test_requests_without_a_common_token_are_carried_out_each(aws: LocalAws) -> None:
    create(aws, "a", ClientRequestToken="token")
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        create(aws, "a", ClientRequestToken="another")
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        create(aws, "a")


def test_a_token_belongs_to_one_request(aws: LocalAws) -> None:
    create(aws, "a", ClientRequestToken="token")
    with pytest.raises(ClientError, match="IdempotentParameterMismatchException"):
        create(aws, "b", ClientRequestToken="token")


def test_a_request_that_has_failed_may_be_sent_again(aws: LocalAws) -> None:
    create(aws, "a")
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        create(aws, "a", ClientRequestToken="token")
    aws.client("dynamodb").delete_item(TableName="table", Key={"pk": {"S": "a"}})
    create(aws, "a", ClientRequestToken="token")
