"""The event of the function, which is that of an SQS event source."""

from __future__ import annotations

import hashlib
import json

from .deployment import BUCKET
from .trial import SINGLE, Trial


@SINGLE
def test_a_record_has_all_that_lambda_passes_on_for_a_message(trial: Trial) -> None:
    [key] = trial.put("shown")
    trial.settle()
    [record] = [line["record"] for line in trial.log() if line["action"] == "record"]
    attributes = record["attributes"]
    assert record.pop("messageId")
    assert record.pop("receiptHandle")
    assert attributes["ApproximateReceiveCount"] == "1"
    assert attributes.keys() >= {"SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"}
    detail = json.loads(record["body"])["detail"]
    assert (detail["bucket"]["name"], detail["object"]["key"]) == (BUCKET, key)
    assert record == {
        "body": record["body"],
        "attributes": attributes,
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(record["body"].encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:123456789012:{trial.outputs['queue_name']}",
        "awsRegion": "us-east-1",
    }
