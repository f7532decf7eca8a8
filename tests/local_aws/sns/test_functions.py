"""Functions that are subscribed to a topic of the embedded AWS."""

from __future__ import annotations

import pytest

from local_aws import LocalAws

from ..functions import deploy, permit
from ..metrics import total


@pytest.mark.parametrize(("source", "runs"), [("topic", 1), ("other", None), (None, None)])
def test_a_function_gets_messages_only_if_sns_may_invoke_it(
    aws: LocalAws, source: str | None, runs: int | None
) -> None:
    name = deploy(aws, "def handler(event, context):\n    pass")
    topic = aws.client("sns").create_topic(Name="topic")["TopicArn"]
    if source:
        permit(aws, name, "sns", topic.replace("topic", source))
    arn = f"arn:aws:lambda:{aws.region}:{aws.account_id}:function:{name}"
    aws.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    aws.client("sns").publish(TopicArn=topic, Message="news")
    assert total(aws, "Invocations") == runs
