"""The logs of functions on the embedded AWS."""

from __future__ import annotations

import json

from local_aws import LocalAws

from ..calls import Call
from ..functions import deploy, log_events, waiting_function


def test_the_log_goes_to_the_group_and_its_end_to_the_caller(aws: LocalAws) -> None:
    code = """
import logging, sys
print("imported")
def handler(event, context):
    for number in range(200):
        print("line", number, "x" * 30)
    print("to stderr", file=sys.stderr)
    logging.getLogger("mine").warning("two\\nlines")
"""
    invocation = aws.invoke(deploy(aws, code, LoggingConfig={"LogGroup": "/my/group"}))

    events = log_events(aws, "/my/group")
    request_id = events[1].split()[2]
    assert events[:3] == [
        "imported",
        f"START RequestId: {request_id} Version: $LATEST",
        "line 0 " + "x" * 30,
    ]
    *_, in_stderr, warning, end, report = events
    assert in_stderr == "to stderr"
    level, _, request, message = warning.split("\t")
    assert (level, request, message) == ("[WARNING]", request_id, "two\nlines")
    assert end == f"END RequestId: {request_id}"
    assert report.startswith(f"REPORT RequestId: {request_id}\tDuration: ")
    assert "\tMemory Size: 128 MB\tMax Memory Used: " in report
    assert "\tInit Duration: " in report
    assert len(invocation.log_tail.encode()) == 4096
    assert "\n".join(events[-50:]) in invocation.log_tail


def test_json_log_lines_carry_extra_fields_and_respect_the_level(aws: LocalAws) -> None:
    code = """
import logging
log = logging.getLogger("mine")
def handler(event, context):
    log.debug("hidden")
    log.info("seen %s", "it", extra={"event": "one", "counters": {"n": 2}})
    raise ValueError("bad")
"""
    logging_config = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO"}
    invocation = aws.invoke(deploy(aws, code, LoggingConfig=logging_config))

    lines = [json.loads(event) for event in log_events(aws, "/aws/lambda/subject")]
    start, seen, error, report = lines
    assert start["type"] == "platform.start"
    request_id = start["record"]["requestId"]
    assert {name: value for name, value in seen.items() if name != "timestamp"} == {
        "level": "INFO",
        "message": "seen it",
        "logger": "mine",
        "requestId": request_id,
        "event": "one",
        "counters": {"n": 2},
    }
    assert (error["level"], error["errorType"], error["errorMessage"]) == (
        "ERROR",
        "ValueError",
        "bad",
    )
    assert report["type"] == "platform.report"
    assert report["record"]["status"] == "error"
    assert json.dumps(seen["message"]) in invocation.log_tail


def test_a_function_that_is_deleted_while_it_runs_creates_no_log_group(aws: LocalAws) -> None:
    with waiting_function(aws) as listening:
        call = Call(aws.invoke, "subject", "wait")
        connection, _ = listening.accept()
        aws.client("lambda").delete_function(FunctionName="subject")
        connection.close()
        assert call.result().function_error is None
    assert aws.client("logs").describe_log_groups()["logGroups"] == []
