"""The sharded example: every event in one shard, also while their number changes."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from cli.common import paths
from cli.demo import aws_cli
from diva.shard import Shard

from .examples import Example, applied, subjects
from .privileges import FunctionUnderTest, Period

if TYPE_CHECKING:
    from local_aws import LocalAws

SENSORS, SHARDS, FEWER_SHARDS = 24, 7, 3
BROKEN = "sensor-00007"
NAMES = [f"sensor-{number:05}" for number in range(SENSORS)]


@pytest.fixture(scope="module")
def example(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Example]:
    variables = {"sensors": SENSORS, "shards": SHARDS, "log_level": "INFO"}
    with applied(aws, tmp_path_factory.mktemp("example"), "sharded", variables) as example:
        yield example


def period(aws: LocalAws, rules: list[str], shards: int) -> dict[str, str]:
    """Fire all rules, and return the status of each event, which exactly one shard has."""
    runs = [run for rule in rules for run in aws.fire(rule)]
    assert not [run.log_tail for run in runs if run.function_error]
    found = [run.payload["shard"] for run in runs]
    assert sorted(found, key=lambda shard: shard["index"]) == [
        {"index": index, "count": shards} for index in range(shards)
    ]
    statuses = [(name, status) for run in runs for name, status in run.payload["results"].items()]
    assert Counter(name for name, _ in statuses) == Counter(NAMES)
    return dict(statuses)


def test_the_alarms_count_shards(aws: LocalAws, example: Example) -> None:
    """The shards of the second rule start in the minute after those of the first."""
    function = example.outputs["lambda_function_name"]
    began = datetime.now(timezone.utc).replace(second=0, microsecond=0) - timedelta(days=1)

    def put(metric: str, value: int, minute: int) -> None:
        dimensions: Any = [{"Name": "FunctionName", "Value": function}]
        datum: Any = {
            "MetricName": metric,
            "Dimensions": dimensions,
            "Timestamp": began + timedelta(minutes=minute),
            "Value": value,
        }
        aws.client("cloudwatch").put_metric_data(Namespace="AWS/Lambda", MetricData=[datum])

    def states(minute: int) -> list[str]:
        aws.evaluate_alarms(at=began + timedelta(minutes=minute))
        names = [f"{function}-{about}" for about in ("errors-immediate", "missing-runs")]
        found = aws.client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
        return [each["StateValue"] for each in sorted(found, key=lambda each: each["AlarmName"])]

    def period(minute: int, runs: int = SHARDS, failed: int = 0) -> list[str]:
        for metric, first, second in (("Invocations", 5, runs - 5), ("Errors", failed, 0)):
            put(metric, first, minute)
            put(metric, second, minute + 1)
        return states(minute + 2)

    assert period(0) == ["OK", "OK"]
    # Shards that succeed do not clear the alarm of one that failed a minute before.
    assert period(5, failed=1) == ["ALARM", "OK"]
    assert states(9) == ["ALARM", "OK"]
    assert period(10) == ["OK", "OK"]
    # One shard that does not start is enough.
    assert period(15, runs=SHARDS - 1) == ["OK", "OK"]
    assert period(20, runs=SHARDS - 1) == ["OK", "ALARM"]
    assert period(25) == ["OK", "OK"]


def test_an_alert_is_sent_once_while_the_number_of_shards_changes(
    aws: LocalAws, example: Example
) -> None:
    rules = example.outputs["eventbridge_rule_names"]
    assert len(rules) == 2
    assert set(period(aws, rules, SHARDS).values()) == {"ok"}
    aws_cli.run(example.outputs["break_command"], aws.client)
    assert period(aws, rules, SHARDS)[BROKEN] == "failed_detection (1/2)"

    example.terraform.apply({**example.variables, "shards": FEWER_SHARDS})
    fewer = example.terraform.output()["eventbridge_rule_names"]
    assert fewer == rules[:1]
    statuses = period(aws, fewer, FEWER_SHARDS)
    assert statuses.pop(BROKEN) == "failed_detection (2/2) alerted"
    assert set(statuses.values()) == {"ok"}
    assert period(aws, fewer, FEWER_SHARDS)[BROKEN] == "failed_detection (3/2)"

    aws_cli.run(example.outputs["repair_command"], aws.client)
    assert period(aws, fewer, FEWER_SHARDS)[BROKEN] == "ok resolved"
    assert subjects(aws, example) == [f"DIVA: {BROKEN} is failing", f"DIVA: {BROKEN} is healthy"]


def test_a_role_has_the_permissions_that_it_needs_and_no_others(
    aws: LocalAws, example: Example
) -> None:
    table = example.outputs["dynamodb_table_name"]
    alerted = {"alerted": {"BOOL": True}, "healthy": {"BOOL": False}}

    def alert_one() -> None:
        item: Any = {"event_id": {"S": BROKEN}, **alerted}
        aws.client("dynamodb").put_item(TableName=table, Item=item)

    results = {**dict.fromkeys(NAMES, "ok"), BROKEN: "ok resolved"}
    under_test = FunctionUnderTest(
        aws, example.outputs["lambda_function_name"], [Period(alert_one, results)]
    )
    unneeded = under_test.unneeded_grants()
    assert not unneeded, unneeded


def test_ten_thousand_sensors_are_spread_over_the_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {
        "ALERT_TOPIC_ARN": "arn",
        "DIVA_MAX_WORKERS": "8",
        "FAULTS_TABLE": "faults",
        "SENSORS": "10000",
    }
    for name, value in {"AWS_DEFAULT_REGION": "eu-central-1", **environment}.items():
        monkeypatch.setenv(name, value)
    file = paths.ROOT / "examples" / "sharded" / "event_logic.py"
    spec = importlib.util.spec_from_file_location("sharded_event_logic", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    events = module.get_events()
    assert len(events) == 10_000
    shards = [Shard(index, 16).of(events) for index in range(16)]
    assert Counter(name for shard in shards for name in shard) == Counter(list(events))
    assert max(map(len, shards)) < 1.15 * 10_000 / 16
