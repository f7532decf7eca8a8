"""The example s3-event-processor: CSV files go in, summaries come out, and a broken one is kept."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ..processes import PATIENCE_SEC
from .examples import Example, applied
from .monitored_functions import receive
from .privileges import error_of_run, role_of, unneeded_grants
from .processor_privileges import unneeded_of_schedule, unneeded_of_state_machine
from .processors import Processor, key_of

if TYPE_CHECKING:
    from local_aws import LocalAws

WEATHER = "city,temperature\nOslo,4\nRome,18\n"
BROKEN = "no,table\nat all\n"


@pytest.fixture(scope="module")
def example(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    with applied(aws, tmp_path_factory.mktemp("example"), "s3-event-processor") as example:
        yield example


@pytest.fixture
def processor(aws: LocalAws, example: Example) -> Iterator[Processor]:
    """The processor of the example. IAM is enforced."""
    outputs = {**example.outputs, "bucket_id": example.outputs["bucket"]}
    with aws.enforcing_iam():
        yield Processor(aws, outputs)


def summary(processor: Processor, key: str) -> Any:
    answer = processor.aws.client("s3").get_object(
        Bucket=processor.outputs["results_bucket"], Key=key
    )
    return json.loads(answer["Body"].read())


def run_until_buried(processor: Processor) -> dict[str, Any]:
    """Start executions until a message is buried, and return it."""
    until = time.monotonic() + PATIENCE_SEC
    while not (found := processor.dead_letters("function")):
        assert time.monotonic() < until
        assert processor.run()["status"] == "SUCCEEDED"
    [buried] = found
    return buried


def test_a_csv_file_becomes_a_summary_and_other_files_are_ignored(processor: Processor) -> None:
    processor.put({"in/weather.csv": WEATHER, "notes.txt": "hello"})
    assert processor.run()["status"] == "SUCCEEDED"
    assert summary(processor, "in/weather.json") == {
        "source": "in/weather.csv",
        "rows": 2,
        "columns": {"temperature": {"min": 4.0, "max": 18.0, "mean": 11.0}},
    }
    assert processor.depth() == (0, 0)


def test_a_broken_file_is_buried_and_processed_when_it_is_repaired_and_replayed(
    processor: Processor,
) -> None:
    processor.put({"broken.csv": BROKEN})
    buried = run_until_buried(processor)
    assert key_of(buried) == "broken.csv"
    assert buried["MessageAttributes"]["ReceiveCount"]["StringValue"] == "3"
    assert "NoTable" in buried["MessageAttributes"]["Cause"]["StringValue"]

    processor.put({"broken.csv": WEATHER})
    receive(processor.aws, processor.outputs["queue_url"])  # the event of the repaired file
    processor.aws.client("sqs").send_message(
        QueueUrl=processor.outputs["queue_url"], MessageBody=buried["Body"]
    )
    processor.run()
    assert summary(processor, "broken.json")["rows"] == 2
    assert processor.depth() == (0, 0)


def test_every_permission_of_the_function_is_needed(processor: Processor) -> None:
    aws, function = processor.aws, processor.outputs["function_name"]
    bucket = processor.outputs["bucket_id"]
    processor.put({"weather.txt": WEATHER})

    def event(key: str) -> dict[str, Any]:
        detail = {"bucket": {"name": bucket}, "object": {"key": key}}
        return {"Records": [{"body": json.dumps({"detail": detail})}]}

    def first_error() -> str:
        if error := error_of_run(aws, function, event("weather.txt")):
            return error
        error = error_of_run(aws, function, event("missing.csv"))
        return "" if "NoSuchKey" in error else error

    # This function reads the latest version, but others read the version that an event names.
    assert unneeded_grants(aws, role_of(aws, function), first_error) == [
        "Read s3:GetObjectVersion: no error"
    ]


def test_every_permission_of_the_state_machine_is_needed(processor: Processor) -> None:
    unneeded = unneeded_of_state_machine(processor, WEATHER, BROKEN, "{}.csv")
    assert not unneeded, unneeded


def test_every_permission_of_the_schedule_is_needed(processor: Processor) -> None:
    unneeded = unneeded_of_schedule(processor)
    assert not unneeded, unneeded


def test_a_second_plan_is_empty(example: Example) -> None:
    assert example.plan() is False
