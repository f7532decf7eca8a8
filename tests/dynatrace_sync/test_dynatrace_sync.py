"""Copying metrics, from CloudWatch and a log group to a Dynatrace environment."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import pytest

from diva_common.endpoint import Unavailable
from dynatrace_sync import handler, ingest
from dynatrace_sync.cloudwatch import MetricsUnavailable
from dynatrace_sync.deadline import OutOfTime
from dynatrace_sync.ingest import Refused
from dynatrace_sync.request import InvalidRequest
from local_aws import LocalAws

from .. import https_server
from ..certificates import trusted_pem
from ..https_server import Answer, Clock, Server
from ..secrets_manager import change, new_secret
from .environment import TOKEN, Environment

LAG_SEC = 300
# CloudWatch Logs takes no old events. The latest window of 5 minutes begins at START.
NOW = int(time.time()) // 300 * 300 + 37
START = (NOW - LAG_SEC) // 300 * 300 - 300
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:uploads"
PLACE = 'aws.account.id="123456789012",aws.region="us-east-1"'


@dataclass(frozen=True, slots=True)
class Context(https_server.Context):
    """The context of a function in the account of the embedded AWS."""

    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:sync"


@pytest.fixture
def environment() -> Environment:
    return Environment()


@pytest.fixture
def clock() -> Clock:
    return Clock(float(NOW))


@pytest.fixture
def server(
    aws: LocalAws, environment: Environment, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A server that the function is configured for, which is a new one for each test."""
    aws.reset()
    with https_server.https_server(environment) as server:
        monkeypatch.setattr(handler, "clock", clock)
        monkeypatch.setenv("DYNATRACE_URL", f"{server.url}/e/abc")
        monkeypatch.setenv("DYNATRACE_TOKEN_SECRET_ARN", new_secret(aws, TOKEN))
        monkeypatch.setenv("DYNATRACE_LAG_SEC", str(LAG_SEC))
        monkeypatch.setenv("CA_CERTIFICATES_PEM", trusted_pem())
        handler.runtime.cache_clear()
        yield server
        handler.runtime.cache_clear()


def run(time: float | None = NOW, interval_sec: object = 300, **sources: Any) -> None:
    """Run the function as the schedule does at `time`."""
    named = {"time": iso(time)} if time is not None else {}
    handler.handler({**named, "interval_sec": interval_sec, **sources}, Context())


def iso(time: float) -> str:
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def measure(
    aws: LocalAws, namespace: str, name: str, dimension: tuple[str, str], *values: tuple[int, float]
) -> None:
    """Put values, each with its seconds after START."""
    aws.client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": dimension[0], "Value": dimension[1]}],
                "Timestamp": datetime.fromtimestamp(START + after, timezone.utc),
                "Value": value,
            }
            for after, value in values
        ],
    )


def write_log(aws: LocalAws, *messages: tuple[int, str]) -> str:
    """Write log lines, each with its seconds after START, and return the name of the group."""
    client, group = aws.client("logs"), f"/aws/lambda/{uuid.uuid4()}"
    client.create_log_group(logGroupName=group)
    client.create_log_stream(logGroupName=group, logStreamName="stream")
    client.put_log_events(
        logGroupName=group,
        logStreamName="stream",
        logEvents=[
            {"timestamp": (START + after) * 1000, "message": message}
            for after, message in sorted(messages)
        ],
    )
    return group


def at(after: int) -> str:
    """Return a time after START as lines have it."""
    return f"{START + after}000"


def test_metrics_of_the_queues_the_machine_and_the_function_are_sent(
    aws: LocalAws, server: Server, environment: Environment
) -> None:
    queue, letters = ("QueueName", "uploads"), ("QueueName", "uploads-dlq")
    machine, function = ("StateMachineArn", MACHINE), ("FunctionName", "process")
    measure(aws, "AWS/SQS", "ApproximateNumberOfMessagesVisible", queue, (0, 3), (10, 7), (60, 4))
    measure(aws, "AWS/SQS", "NumberOfMessagesSent", queue, (0, 3), (10, 4))
    measure(aws, "AWS/SQS", "ApproximateNumberOfMessagesVisible", letters, (240, 1))
    measure(aws, "AWS/States", "ExecutionsFailed", machine, (120, 2))
    measure(aws, "AWS/Lambda", "Duration", function, (60, 10.5), (61, 20), (62, 1.25))
    measure(aws, "AWS/Lambda", "Errors", ("FunctionName", "another"), (60, 1))
    run(
        queue_names=["uploads", "uploads-dlq"],
        state_machine_arn=MACHINE,
        function_name="process",
        dimensions={"processor": "doc-proc"},
    )
    common, prefix = f'{PLACE},processor="doc-proc"', "s3_event_processor"
    assert sorted(environment.lines) == [
        f'{prefix}.function.duration_ms,{common},function="process" '
        f"gauge,min=1.25,max=20,sum=31.75,count=3 {at(60)}",
        f'{prefix}.queue.messages_sent,{common},queue="uploads" count,delta=7 {at(0)}',
        f'{prefix}.queue.messages_visible,{common},queue="uploads" '
        f"gauge,min=4,max=4,sum=4,count=1 {at(60)}",
        f'{prefix}.queue.messages_visible,{common},queue="uploads" '
        f"gauge,min=7,max=7,sum=7,count=1 {at(0)}",
        f'{prefix}.queue.messages_visible,{common},queue="uploads-dlq" '
        f"gauge,min=1,max=1,sum=1,count=1 {at(240)}",
        f'{prefix}.state_machine.executions_failed,{common},state_machine="uploads" '
        f"count,delta=2 {at(120)}",
    ]
    assert len(server.requests) == 1


METRICS: dict[str, Any] = {"process_success": 1, "rows": 20}
LINE = json.dumps({"action": "process_complete", "dt.metrics": METRICS})


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        f"[INFO]\t2026-11-22T09:00:00.000Z\t8f507cfc-example\t{LINE}\n",
        json.dumps({"timestamp": "2026-11-22T09:00:00Z", "level": "INFO", "message": LINE}),
        json.dumps({"level": "INFO", "message": {"action": "done", "dt.metrics": METRICS}}),
        f"request {{1}} of {{}}: {LINE} and more",
    ],
    ids=["by itself", "Text format", "JSON format", "object in JSON format", "in a text"],
)
@pytest.mark.usefixtures("server")
def test_the_metrics_of_a_log_line_are_sent(
    aws: LocalAws, environment: Environment, line: str
) -> None:
    run(log_group_name=write_log(aws, (0, line)), function_name="process")
    place = f'{PLACE},function="process"'
    assert environment.lines == [
        f"s3_event_processor.log.process_success,{place} gauge,min=1,max=1,sum=1,count=1 {at(0)}",
        f"s3_event_processor.log.rows,{place} gauge,min=20,max=20,sum=20,count=1 {at(0)}",
    ]


@pytest.mark.usefixtures("server")
def test_the_metrics_of_a_minute_are_one_line(
    aws: LocalAws, environment: Environment, caplog: pytest.LogCaptureFixture
) -> None:
    values = [(0, 1.5), (59, -2), (60, 8), (119, 4)]
    lines = [(after, json.dumps({"dt.metrics": {"n": value}})) for after, value in values]
    run(log_group_name=write_log(aws, *lines, (30, "START RequestId: 1"), (31, '{"a": 1}')))
    assert environment.lines == [
        f"s3_event_processor.log.n,{PLACE} gauge,min=-2,max=1.5,sum=-0.5,count=2 {at(0)}",
        f"s3_event_processor.log.n,{PLACE} gauge,min=4,max=8,sum=12,count=2 {at(60)}",
    ]
    assert not [each for each in caplog.records if each.levelno > logging.INFO]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("dt.metrics", "dt.metrics"),
        ("rows processed (ü)", "rows_processed____"),
        ("-a..-b.", "a.b"),
        ("0", "0"),
    ],
)
@pytest.mark.usefixtures("server")
def test_names_in_log_lines_become_valid_keys(
    aws: LocalAws, environment: Environment, name: str, sent: str
) -> None:
    run(log_group_name=write_log(aws, (0, json.dumps({"dt.metrics": {name: 1}}))))
    (line,) = environment.lines
    assert line.split(",")[0] == f"s3_event_processor.log.{sent}"


@pytest.mark.parametrize(
    "metrics",
    ['{"n": "1"}', '{"n": true}', '{"n": null}', '{"n": NaN}', '{"n": 1e400}',
     f'{{"n": 1{"0" * 400}}}', '{"": 1}', '{"---": 1}', f'{{"{"n" * 250}": 1}}',
     "[1]", "1", '{"n": ', '{"n": ' * 500, '{"n": ' * 9_999, f'{"[" * 9_999}{"]" * 9_999}',
     f'{"[" * 9_999}{"]" * 9_999}, "message": "dt.metrics"'],
    ids=lambda metrics: metrics[:20],
)  # fmt: skip
def test_a_log_line_without_valid_metrics_is_reported(
    aws: LocalAws,
    server: Server,
    environment: Environment,
    caplog: pytest.LogCaptureFixture,
    metrics: str,
) -> None:
    bad = f'{{"key": "a.jpg", "dt.metrics": {metrics}}}'
    run(log_group_name=write_log(aws, (0, bad), (1, LINE)))
    assert len(environment.lines) == 2
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert '"key": "a.jpg"' in record.getMessage()
    assert len(server.requests) == 1


def test_a_log_group_that_does_not_exist_yet_has_no_metrics(
    aws: LocalAws, server: Server, environment: Environment
) -> None:
    measure(aws, "AWS/Lambda", "Errors", ("FunctionName", "process"), (60, 1))
    run(log_group_name="/aws/lambda/new", function_name="process")
    assert len(environment.lines) == 1
    assert len(server.requests) == 1


def test_nothing_is_sent_without_metrics(server: Server) -> None:
    run(queue_names=["idle"])
    assert server.requests == []


@pytest.mark.parametrize("interval", [60, 300])
@pytest.mark.parametrize("phase", [0, 1, 37, 59])
@pytest.mark.usefixtures("server")
def test_the_windows_of_a_schedule_leave_no_gap_and_overlap_nowhere(
    aws: LocalAws, environment: Environment, clock: Clock, interval: int, phase: int
) -> None:
    """However late the runs of a schedule begin."""
    minutes = range(-1800, 900, 60)
    lines = [(minute + second, LINE) for minute in minutes for second in (0, 59)]
    group = write_log(aws, *lines)
    queue = ("QueueName", "uploads")
    measure(aws, "AWS/SQS", "NumberOfMessagesSent", queue, *((minute, 1.0) for minute in minutes))
    for number in range(900 // interval):
        scheduled = START + phase + number * interval
        clock.now = scheduled + number % 3 * 50
        run(scheduled, interval, queue_names=["uploads"], log_group_name=group)
    sent = Counter((line.split(",")[0], int(line.split()[-1])) for line in environment.lines)
    assert set(sent.values()) == {1}
    times = sorted({time // 1000 for _, time in sent})
    assert len(sent) == 3 * len(times) == 3 * 15
    assert times == list(range(times[0], times[0] + 900, 60))
    counted = [line for line in environment.lines if "process_success" in line]
    assert {line.split()[1] for line in counted} == {"gauge,min=1,max=1,sum=2,count=2"}


@pytest.mark.usefixtures("server")
def test_a_run_without_a_scheduled_time_covers_the_latest_window(
    aws: LocalAws, environment: Environment
) -> None:
    group = write_log(aws, (-1, LINE), (0, LINE), (299, LINE), (300, LINE))
    run(None, log_group_name=group)
    assert {line.split()[-1] for line in environment.lines} == {at(0), at(240)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"queue_names": []}, "at least one of queue_names"),
        ({"queue_names": "uploads"}, "queue_names must be a list"),
        ({"interval_sec": None}, "interval_sec must be a multiple of 60"),
        ({"interval_sec": 90}, "but is 90"),
        ({"interval_sec": 0}, "but is 0"),
        ({"interval_sec": "60"}, "but is '60'"),
        ({"time": "noon"}, "time must be a time such as"),
        ({"time": "2026-11-22T09:00:00"}, "must have an offset"),
    ],
)
def test_an_event_that_does_not_say_what_to_copy_is_an_error(
    server: Server, changes: dict[str, Any], said: str
) -> None:
    event = {"time": iso(NOW), "interval_sec": 60, "queue_names": ["uploads"], **changes}
    with pytest.raises(InvalidRequest, match=said):
        handler.handler(event, Context())
    assert server.requests == []


@pytest.mark.usefixtures("server")
def test_dimensions_are_escaped(aws: LocalAws, environment: Environment) -> None:
    dimensions = {
        "Stage": 'a "quoted" \\ value,\nof two lines',
        "0 ü": "x" * 400,
        "empty": "",
    }
    run(log_group_name=write_log(aws, (0, LINE)), dimensions=dimensions)
    place = f'{PLACE},stage="a \\"quoted\\" \\\\ value, of two lines",_0__="{"x" * 250}"'
    assert environment.lines[0].startswith(f"s3_event_processor.log.process_success,{place} ")


@pytest.mark.parametrize("status", [400, 202])
def test_refused_lines_are_reported_and_the_others_are_kept(
    aws: LocalAws,
    server: Server,
    environment: Environment,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    environment.status_of_refusals = status
    metrics = {"rows": 1, "refused": 2, "success": 3}
    group = write_log(aws, (0, json.dumps({"dt.metrics": metrics})))
    refused = "line 1: invalid line s3_event_processor.log.refused"
    with pytest.raises(Refused, match=f"Dynatrace refused 1 of 3 lines: {refused}"):
        run(log_group_name=group)
    assert len(environment.lines) == 2
    assert len(server.requests) == 1
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert f"gauge,min=2,max=2,sum=2,count=1 {at(0)})" in record.getMessage()


@pytest.mark.parametrize("error", [None, "text", {}, {"invalidLines": None}, {"invalidLines": [1]}])
def test_refused_lines_without_details_are_reported(
    aws: LocalAws, server: Server, error: object
) -> None:
    server.default = lambda _: Answer(400, {"linesOk": 1, "linesInvalid": 1, "error": error})
    with pytest.raises(Refused, match="Dynatrace refused 1 of 2 lines"):
        run(log_group_name=write_log(aws, (0, LINE)))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, {"error": {"code": 400, "message": "The request is malformed."}}),
        Answer(400, {"linesOk": 0, "linesInvalid": 0, "error": None}),
        Answer(400, {"linesOk": None, "linesInvalid": None, "error": None}),
        Answer(403, {"error": {"code": 403, "message": "Token is missing required scope."}}),
        Answer(200, "<html>a proxy</html>"),
        Answer(404, "not found"),
        Answer(413, "too large"),
    ],
    ids=lambda answer: str(answer.status),
)
def test_a_request_that_is_refused_is_an_error(
    aws: LocalAws, server: Server, answer: Answer
) -> None:
    server.default = lambda _: answer
    with pytest.raises(Refused, match=f"Dynatrace refused the request: {answer.status}"):
        run(log_group_name=write_log(aws, (0, LINE)))


def test_requests_stay_below_the_limits(
    aws: LocalAws, server: Server, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {f"metric_{number}": number for number in range(1_100)}
    group = write_log(aws, (0, json.dumps({"dt.metrics": names})))
    run(log_group_name=group)
    assert [each.body.count(b"\n") + 1 for each in server.requests] == [1_000, 100]
    monkeypatch.setattr(ingest, "MOST_BYTES", 10_000)
    run(log_group_name=group)
    assert max(len(each.body) for each in server.requests[2:]) <= 10_000
    assert len(server.requests) < 30
    assert len(environment.lines) == 2_200


def test_lines_of_later_requests_are_sent_before_a_refusal_is_an_error(
    aws: LocalAws, server: Server, environment: Environment
) -> None:
    names = {f"a_refused_{number}": number for number in range(3)}
    more = {f"metric_{number}": number for number in range(1_100)}
    with pytest.raises(Refused, match="Dynatrace refused 3 of 1103 lines"):
        run(log_group_name=write_log(aws, (0, json.dumps({"dt.metrics": {**names, **more}}))))
    assert len(environment.lines) == 1_100
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_an_overloaded_environment_gets_the_lines_again(
    aws: LocalAws, server: Server, environment: Environment, clock: Clock, status: int
) -> None:
    server.answers.extend([Answer(status, headers={"Retry-After": "5"})] * 2)
    run(log_group_name=write_log(aws, (0, LINE)))
    assert len(environment.lines) == 2
    assert clock.slept == [5, 5]


def test_what_is_not_accepted_in_time_is_an_error(aws: LocalAws, server: Server) -> None:
    server.default = lambda _: Answer(503)
    with pytest.raises(Unavailable, match="503"):
        run(log_group_name=write_log(aws, (0, LINE)))


def test_a_rotated_token_is_fetched_again(
    aws: LocalAws,
    server: Server,
    environment: Environment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arn = new_secret(aws, "dt0c01.OLD.SECRET")
    monkeypatch.setenv("DYNATRACE_TOKEN_SECRET_ARN", arn)
    group = write_log(aws, (0, LINE))
    with pytest.raises(Refused, match="403"):
        run(log_group_name=group)
    change(aws, arn, TOKEN)
    run(log_group_name=group)
    assert len(environment.lines) == 2
    assert len(server.requests) == 3


def test_metrics_that_cloudwatch_does_not_return_are_an_error(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As CloudWatch says it of metrics that it cannot read. The embedded AWS never does."""

    def broken(parsed: dict[str, Any], **_: object) -> None:
        for result in parsed["MetricDataResults"]:
            result["StatusCode"] = "InternalError"
            result["Messages"] = [{"Code": "InternalError", "Value": "Try again."}]

    events = handler.runtime().metrics.meta.events
    events.register("after-call.cloudwatch.GetMetricData", broken)
    with pytest.raises(MetricsUnavailable, match="InternalError Try again"):
        run(queue_names=["uploads"])
    assert server.requests == []


@pytest.mark.parametrize("failing", ["metrics", "logs", "both"])
def test_a_source_that_fails_does_not_hold_back_the_other(
    aws: LocalAws,
    server: Server,
    environment: Environment,
    caplog: pytest.LogCaptureFixture,
    failing: str,
) -> None:
    measure(aws, "AWS/Lambda", "Errors", ("FunctionName", "process"), (60, 1))
    group = write_log(aws, (0, json.dumps({"dt.metrics": {"n": 1}})))
    clients = {"metrics": handler.runtime().metrics, "logs": handler.runtime().logs}

    def broken(model: Any, **_: object) -> None:
        raise ConnectionError(f"{model.name} is broken")

    for name, client in clients.items():
        if failing in (name, "both"):
            client.meta.events.register("before-call", broken)
    first = "FilterLogEvents" if failing == "logs" else "GetMetricData"
    with pytest.raises(ConnectionError, match=f"{first} is broken"):
        run(function_name="process", log_group_name=group)
    keys = [line.split(",")[0].removeprefix("s3_event_processor.") for line in environment.lines]
    assert keys == {"metrics": ["log.n"], "logs": ["function.errors"], "both": []}[failing]
    logged = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert logged == (["FilterLogEvents is broken"] if failing == "both" else [])


def test_a_log_group_that_takes_too_long_does_not_hold_back_the_metrics(
    aws: LocalAws, server: Server, environment: Environment, clock: Clock
) -> None:
    measure(aws, "AWS/Lambda", "Errors", ("FunctionName", "process"), (60, 1))
    group = write_log(aws, (0, LINE))

    def slow(**_: object) -> None:
        clock.sleep(100)

    handler.runtime().logs.meta.events.register("before-call", slow)
    with pytest.raises(OutOfTime, match=f"{group} could not be read in the time of the run"):
        run(function_name="process", log_group_name=group)
    assert len(environment.lines) == 1
