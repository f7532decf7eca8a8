"""The metrics of functions and log lines on the embedded AWS, and metric math."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws import LocalAws

from ..functions import deploy
from ..metrics import dimensions, statistics

NOON = datetime(2030, 1, 1, 12, tzinfo=timezone.utc)
MINUTE = timedelta(minutes=1)
FAILING = "def handler(event, context):\n    return 1 / event"


def test_an_invocation_puts_the_metrics_of_its_function(aws: LocalAws) -> None:
    name = deploy(aws, FAILING)
    deploy(aws, FAILING, FunctionName="other")
    began = time.monotonic()
    for event in (1, 0, 2):
        aws.invoke(name, event)
    took_ms = (time.monotonic() - began) * 1000

    found = {
        metric: statistics(aws, "AWS/Lambda", metric, FunctionName=name)
        for metric in ("Invocations", "Errors", "Throttles", "Duration")
    }

    assert {metric: each["SampleCount"] for metric, each in found.items()} == dict.fromkeys(
        found, 3
    )
    assert found["Invocations"]["Sum"] == 3
    assert (found["Errors"]["Sum"], found["Errors"]["Minimum"]) == (1, 0)
    assert found["Throttles"]["Sum"] == 0
    assert 0 < found["Duration"]["Minimum"] <= found["Duration"]["Sum"] < took_ms
    assert found["Duration"]["Unit"] == "Milliseconds"
    assert statistics(aws, "AWS/Lambda", "Invocations", FunctionName="other") == {}


def test_the_duration_of_an_invocation_that_times_out_is_its_timeout(aws: LocalAws) -> None:
    code = "import time\ndef handler(event, context):\n    time.sleep(60)"
    name = deploy(aws, code, Timeout=1)

    assert aws.invoke(name).function_error

    assert statistics(aws, "AWS/Lambda", "Duration", FunctionName=name)["Maximum"] >= 1000
    assert statistics(aws, "AWS/Lambda", "Errors", FunctionName=name)["Sum"] == 1


def test_aliases_and_versions_have_metrics_of_their_own(aws: LocalAws) -> None:
    name = deploy(aws, FAILING)
    functions = aws.client("lambda")
    functions.publish_version(FunctionName=name)
    functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")

    functions.invoke(FunctionName=name, Payload=b"1")
    functions.invoke(FunctionName=name, Qualifier="live", Payload=b"0")
    functions.invoke(FunctionName=f"{name}:live", Payload=b"1")
    functions.invoke(FunctionName=name, Qualifier="1", Payload=b"1")

    def counts(**named: str) -> tuple[float, float]:
        found = [statistics(aws, "AWS/Lambda", each, **named) for each in ("Invocations", "Errors")]
        return found[0]["Sum"], found[1]["Sum"]

    assert counts(FunctionName=name) == (4, 1)
    assert counts(FunctionName=name, Resource=f"{name}:live") == (2, 1)
    assert counts(FunctionName=name, Resource=f"{name}:1") == (1, 0)


def test_each_metric_is_listed_once(aws: LocalAws) -> None:
    name = deploy(aws, FAILING)
    for event in (1, 0):
        aws.invoke(name, event)
        aws.invoke(f"{name}:$LATEST", event)

    listed = aws.client("cloudwatch").list_metrics(Namespace="AWS/Lambda")["Metrics"]

    assert sorted((each["MetricName"], len(each["Dimensions"])) for each in listed) == [
        ("Duration", 1),
        ("Errors", 1),
        ("Invocations", 1),
        ("Throttles", 1),
    ]


def embedded(*directives: dict[str, Any], **members: Any) -> str:
    """Return a log line in the embedded metric format."""
    now = int(datetime.now(timezone.utc).timestamp() * 1000)
    return json.dumps({"_aws": {"Timestamp": now, "CloudWatchMetrics": directives}, **members})


def test_a_log_line_can_contain_metrics(aws: LocalAws) -> None:
    directive = {
        "Namespace": "Shop",
        "Dimensions": [["Service"], ["Service", "Region"], []],
        "Metrics": [{"Name": "Sold", "Unit": "Count"}, {"Name": "Took", "Unit": "Milliseconds"}],
    }
    line = embedded(directive, Service="till", Region="here", Sold=3, Took=[5, 7, 6.5], Other=1)
    name = deploy(aws, f"def handler(event, context):\n    print({line!r})")

    aws.invoke(name)
    aws.invoke(name)

    for named in ({"Service": "till"}, {"Service": "till", "Region": "here"}, {}):
        sold = statistics(aws, "Shop", "Sold", **named)
        assert (sold["Sum"], sold["SampleCount"], sold["Unit"]) == (6, 2, "Count")
        took = statistics(aws, "Shop", "Took", **named)
        assert (took["SampleCount"], took["Minimum"], took["Maximum"]) == (6, 5, 7)
    assert statistics(aws, "Shop", "Sold", Region="here") == {}
    assert statistics(aws, "Shop", "Other") == {}


METRICS = [{"Name": "Sold"}]


@pytest.mark.parametrize(
    "line",
    [
        "Sold: 3",
        '{"_aws": ',
        '["_aws"]',
        json.dumps({"_aws": {"CloudWatchMetrics": []}, "Sold": 3}),
        embedded({"Namespace": "Shop", "Metrics": METRICS}, Sold=3),
        embedded({"Dimensions": [[]], "Metrics": METRICS}, Sold=3),
        embedded({"Namespace": "Shop", "Dimensions": [[]]}, Sold=3),
        embedded({"Namespace": "Shop", "Dimensions": [["Service"]], "Metrics": METRICS}, Sold=3),
        embedded(
            {"Namespace": "Shop", "Dimensions": [["Service"]], "Metrics": METRICS},
            Sold=3,
            Service=7,
        ),
        embedded({"Namespace": "Shop", "Dimensions": [[]], "Metrics": METRICS}, Sold="3"),
        embedded({"Namespace": "Shop", "Dimensions": [[]], "Metrics": METRICS}, Sold=True),
        embedded({"Namespace": "Shop", "Dimensions": [[]], "Metrics": METRICS}, Sold=[1, "2"]),
        embedded({"Namespace": "Shop", "Dimensions": [[]], "Metrics": METRICS}, Sold=[1] * 101),
        embedded({"Namespace": "Shop", "Dimensions": [[]], "Metrics": METRICS}),
    ],
)
def test_a_log_line_that_violates_the_format_contains_no_metrics(aws: LocalAws, line: str) -> None:
    good = embedded(
        {"Namespace": "Shop", "Dimensions": [[]], "Metrics": [{"Name": "Good"}]}, Good=1
    )
    logs = aws.client("logs")
    logs.create_log_group(logGroupName="g")
    logs.create_log_stream(logGroupName="g", logStreamName="s")
    now = int(datetime.now(timezone.utc).timestamp() * 1000)
    events = [{"timestamp": now, "message": each} for each in (line, good)]

    logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=events)

    listed = aws.client("cloudwatch").list_metrics()["Metrics"]
    assert [each["MetricName"] for each in listed] == ["Good"]
    assert len(logs.filter_log_events(logGroupName="g")["events"]) == 2


def put(aws: LocalAws, name: str, at: datetime, value: float, namespace: str = "Tests") -> None:
    datum = {"MetricName": name, "Timestamp": at, "Value": value}
    aws.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[datum])


def summed(name: str, namespace: str = "Tests", **options: Any) -> dict[str, Any]:
    metric = {"Namespace": namespace, "MetricName": name}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, **options}


# Each row: an expression, what is known of the metrics a, b and c in three minutes, the result.
@pytest.mark.parametrize(
    ("expression", "a", "b", "c", "expected"),
    [
        ("a", "1 0 -", "- - -", "- - -", "1 0 -"),
        ("a - b", "3 2 -", "2 2 2", "- - -", "1 0 -2"),
        ("2 * (a + b) - 6", "1 2 -", "2 2 4", "- - -", "0 2 2"),
        ("a + 1", "1 - 0", "- - -", "- - -", "2 - 1"),
        ("100 * a / b", "1 1 1", "2 - 0", "- - -", "50 - -"),
        ("100 * a / b", "- 1 -", "2 1 0", "- - -", "0 100 -"),
        ("a / 0", "1 1 1", "- - -", "- - -", "- - -"),
        ("a + 1 / 0", "1 1 1", "- - -", "- - -", "1 1 1"),
        ("-a", "1 0 -", "- - -", "- - -", "-1 0 -"),
        ("a > b", "3 2 -", "2 2 2", "- - -", "1 0 0"),
        ("a < b", "3 2 -", "2 2 2", "- - -", "0 0 1"),
        ("a <= 2", "3 2 -", "- - -", "- - -", "0 1 -"),
        ("a == 1", "1 2 -", "- - -", "- - -", "1 0 -"),
        ("a >= 1 && b != 0", "1 1 0", "1 0 1", "- - -", "1 0 0"),
        ("a > 15 AND b > 15", "30 20 0", "20 - 20", "- - -", "1 0 0"),
        ("a > 1 || b > 1", "2 0 -", "0 0 2", "- - -", "1 0 1"),
        ("a > 1 OR b > 1 AND c > 1", "2 0 -", "0 2 2", "- 2 0", "1 1 0"),
        ("IF(a > 0, 100 * b / a, 0)", "1 0 -", "1 1 1", "- - -", "100 0 -"),
        ("IF(a, b, c)", "1 1 0", "30 - 0", "0 0 20", "30 0 20"),
        ("IF(a, b, c)", "0 - 1", "30 30 0", "- 20 20", "- - 0"),
        ("IF(a, 5, c)", "1 1 0", "- - -", "0 - 20", "5 5 20"),
        ("IF(a, b, 5)", "1 0 -", "- 1 1", "- - -", "0 5 -"),
        ("IF(a, b)", "1 0 -", "1 1 1", "- - -", "1 - -"),
        ("IF(1, a, b)", "1 - 0", "0 1 1", "- - -", "1 - 0"),
        ("IF(0, a, b)", "1 - 0", "0 - 1", "- - -", "0 - 1"),
        ("a * IF(2 > 1, 3, 4)", "1 - 0", "- - -", "- - -", "3 - 0"),
        ("FILL(a, 7)", "0 - -", "- - -", "- - -", "0 7 7"),
        ("FILL(a, b)", "0 - -", "- 1 -", "- - -", "0 1 -"),
        ("FILL(a, REPEAT)", "- 1 -", "- - -", "- - -", "- 1 1"),
        ("1 - FILL(a, 0)", "1 - 0", "- - -", "- - -", "0 1 1"),
        ("SUM([a, b, c])", "1 2 -", "2 2 -", "2 - -", "5 4 -"),
        ("SUM(METRICS())", "1 2 -", "2 2 -", "2 2 3", "5 6 3"),
        ('SUM(METRICS("b"))', "9 9 9", "1 2 -", "9 9 9", "1 2 -"),
        ("AVG([a, b])", "2 3 -", "0 - -", "- - -", "1 1.5 -"),
        ("MAX([a, b])", "1 0 -", "0 2 -1", "- - -", "1 2 -1"),
        ("MIN([a, b])", "2 1 2", "3 - -", "- - -", "2 1 2"),
        ("a - AVG(a)", "1 2 3", "- - -", "- - -", "-1 0 1"),
        ("a / MAX(b)", "8 6 -", "1 2 -", "- - -", "4 3 -"),
        ("a - MIN(b) - SUM(b)", "8 6 -", "1 2 -", "- - -", "4 2 -"),
        ("SUM(100 * FILL([a, b], 1))", "1 - 2", "3 - -", "- - -", "400 200 300"),
        ("a * other", "1 2 -", "1 1 -", "- - -", "2 6 -"),
    ],
)
def test_an_expression_is_calculated_for_each_period(
    aws: LocalAws, expression: str, a: str, b: str, c: str, expected: str
) -> None:
    for name, points in (("a", a), ("b", b), ("c", c)):
        for minute, point in enumerate(points.split()):
            if point != "-":
                put(aws, name, NOON + minute * MINUTE, float(point))
    hidden = [summed(name, ReturnData=False) for name in ("a", "b", "c")]
    other = {"Id": "other", "Expression": "a + b", "ReturnData": False}

    (found,) = aws.client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "wanted", "Expression": expression}, other, *hidden],
        StartTime=NOON,
        EndTime=NOON + 3 * MINUTE,
    )["MetricDataResults"]

    values = dict(zip(found["Timestamps"], found["Values"], strict=True))
    shown = [values.get(NOON + minute * MINUTE) for minute in range(3)]
    assert shown == [None if each == "-" else float(each) for each in expected.split()]


def test_an_unsupported_function_in_a_query_is_named(aws: LocalAws) -> None:
    with pytest.raises(ClientError, match="SEARCH"):
        aws.client("cloudwatch").get_metric_data(
            MetricDataQueries=[{"Id": "e", "Expression": "SEARCH('x', 'Sum')"}, summed("a")],
            StartTime=NOON,
            EndTime=NOON + MINUTE,
        )


def test_metrics_with_the_same_name_are_distinguished(aws: LocalAws) -> None:
    client = aws.client("cloudwatch")
    put(aws, "a", NOON, 1)
    put(aws, "a", NOON, 2, namespace="Others")
    of_f = dimensions(FunctionName="f")
    of_live = dimensions(Resource="f:live", FunctionName="f")
    for dimension, value in ((of_f, 4), (of_live, 8)):
        datum = {"MetricName": "a", "Timestamp": NOON, "Value": value, "Dimensions": dimension}
        client.put_metric_data(Namespace="Tests", MetricData=[datum])
    period = {"StartTime": NOON, "EndTime": NOON + MINUTE, "Period": 60, "Statistics": ["Sum"]}

    for namespace, dimension, expected in (
        ("Tests", [], 1),
        ("Others", [], 2),
        ("Tests", of_f, 4),
        ("Tests", of_live, 8),
        ("Others", of_f, None),
    ):
        metric = {"Namespace": namespace, "MetricName": "a", "Dimensions": dimension}
        (data,) = client.get_metric_data(
            MetricDataQueries=[
                {"Id": "q", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
            ],
            StartTime=NOON,
            EndTime=NOON + MINUTE,
        )["MetricDataResults"]
        points = client.get_metric_statistics(**metric, **period)["Datapoints"]
        wanted = [] if expected is None else [expected]
        assert data["Values"] == [point["Sum"] for point in points] == wanted


def test_periods_start_at_multiples_of_their_length(aws: LocalAws) -> None:
    put(aws, "a", NOON + 7 * MINUTE, 1)

    found = aws.client("cloudwatch").get_metric_statistics(
        Namespace="Tests",
        MetricName="a",
        StartTime=NOON + MINUTE,
        EndTime=NOON + 9 * MINUTE,
        Period=300,
        Statistics=["Average"],
    )["Datapoints"]

    assert [(point["Timestamp"], point["Average"]) for point in found] == [(NOON + 5 * MINUTE, 1)]
