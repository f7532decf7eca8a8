"""What Step Functions reports about an execution that has ended: metrics, and its log."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs.models import logs_backends
from moto.stepfunctions.parser.asl.eval.event.logging import is_logging_enabled_for
from moto.stepfunctions.parser.backend.execution import Execution
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

_METRICS = {
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}


def report(execution: Execution) -> None:
    """Put the metrics of an execution, and write what its state machine logs.

    Nothing is reported after everything was reset. Called with the request lock held.
    """
    backend: Any = stepfunctions_parser_backends[execution.account_id][execution.region_name]
    if any(execution in machine.executions for machine in backend.state_machines):
        _put_metrics(execution)
        _write_log(execution, execution.to_history_output()["events"])


def _put_metrics(execution: Execution) -> None:
    now = datetime.now(timezone.utc)
    dimensions = [{"Name": "StateMachineArn", "Value": execution.state_machine_arn}]
    took_ms = (now - execution.start_date).total_seconds() * 1000
    values = dict.fromkeys(_METRICS.values(), 0.0)
    values |= {_METRICS[execution.status]: 1.0, "ExecutionTime": took_ms}
    data: list[dict[str, Any]] = [
        {
            "MetricName": name,
            "Dimensions": dimensions,
            "Timestamp": now.replace(tzinfo=None),
            "Value": value,
            "Unit": "Milliseconds" if name == "ExecutionTime" else "Count",
        }
        for name, value in values.items()
    ]
    cloudwatch_backends[execution.account_id][execution.region_name].put_metric_data(
        "AWS/States", data
    )


def _write_log(execution: Execution, events: Any) -> None:
    logging: dict[str, Any] = vars(execution.state_machine)["loggingConfiguration"]
    level = logging.get("level", "OFF")
    wanted = [each for each in events if is_logging_enabled_for(level, each["type"])]
    if not wanted:
        return
    [destination] = logging["destinations"]
    group = destination["cloudWatchLogsLogGroup"]["logGroupArn"].split(":log-group:")[1]
    group = group.removesuffix(":*")
    logs = logs_backends[execution.account_id][execution.region_name]
    if group not in logs.groups:
        return
    stream = f"states/{execution.state_machine.name}/{execution.start_date:%Y-%m-%d-%H-%M}"
    if stream not in logs.groups[group].streams:
        logs.create_log_stream(group, stream)
    with_data = bool(logging.get("includeExecutionData"))
    lines = [_line(execution, each, with_data) for each in wanted]
    logs.put_log_events(group, stream, lines)


def _line(execution: Execution, event: dict[str, Any], with_data: bool) -> dict[str, Any]:
    at = _milliseconds(event["timestamp"])
    [details] = [value for key, value in event.items() if key.endswith("EventDetails")] or [{}]
    hidden = () if with_data else ("input", "output", "parameters", "inputDetails", "outputDetails")
    message = {
        "id": str(event["id"]),
        "type": event["type"],
        "details": {name: value for name, value in details.items() if name not in hidden},
        "previous_event_id": str(event["previousEventId"]),
        "event_timestamp": str(at),
        "execution_arn": execution.execution_arn,
        "redrive_count": "0",
    }
    return {"timestamp": at, "message": json.dumps(message, default=str)}


def _milliseconds(timestamp: str) -> int:
    moment = datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    return int(moment.timestamp() * 1000)
