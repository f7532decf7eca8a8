"""CloudWatch alarms: a new one knows nothing yet, a changed one keeps its state and history."""

import json
from itertools import pairwise
from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from local_aws.patching import Replace


def install(replace: Replace) -> None:
    """moto has every alarm begin as OK, and tells no history."""
    moto_put, moto_delete = CloudWatchBackend.put_metric_alarm, CloudWatchBackend.delete_alarms

    def put_metric_alarm(backend: CloudWatchBackend, name: str, **settings: Any) -> Alarm:
        before = backend.alarms.get(name)
        alarm = moto_put(backend, name=name, **settings)
        if before is None:
            alarm.state_value = "INSUFFICIENT_DATA"
        else:
            alarm.history = before.history
            alarm.state_value = before.state_value
            alarm.state_reason = before.state_reason
            alarm.state_reason_data = before.state_reason_data
            alarm.state_updated_timestamp = before.state_updated_timestamp
        return alarm

    def delete_alarms(backend: CloudWatchBackend, alarm_names: list[str]) -> None:
        for name in alarm_names:
            if name in backend.alarms:
                backend.tagger.delete_all_tags_for_resource(backend.alarms[name].alarm_arn)
        moto_delete(backend, alarm_names)

    replace(CloudWatchBackend, "put_metric_alarm", put_metric_alarm)
    replace(CloudWatchBackend, "delete_alarms", delete_alarms)
    replace(CloudWatchResponse, "describe_alarm_history", _describe_alarm_history)


def _describe_alarm_history(response: CloudWatchResponse) -> ActionResult:
    wanted = response._get_param("AlarmName")
    kind = response._get_param("HistoryItemType") or "StateUpdate"
    begin, end = response._get_param("StartDate"), response._get_param("EndDate")
    items = [
        item
        for alarm in response.cloudwatch_backend.describe_alarms()
        if wanted in (None, alarm.name) and kind == "StateUpdate"
        for item in _changes(alarm)
        if (begin is None or item["Timestamp"] >= begin)
        and (end is None or item["Timestamp"] < end)
    ]
    descending = response._get_param("ScanBy") != "TimestampAscending"
    items.sort(key=lambda item: item["Timestamp"], reverse=descending)
    return ActionResult({"AlarmHistoryItems": items})


def _changes(alarm: Alarm) -> list[dict[str, Any]]:
    # moto records each state when it ends, with the time at which it began
    states = [(reason, value, time) for _, reason, _, value, time in alarm.history]
    states.append((alarm.state_reason, alarm.state_value, alarm.state_updated_timestamp))
    return [
        {
            "AlarmName": alarm.name,
            "AlarmType": "MetricAlarm",
            "Timestamp": time,
            "HistoryItemType": "StateUpdate",
            "HistorySummary": f"Alarm updated from {old} to {new}",
            "HistoryData": json.dumps(
                {
                    "version": "1.0",
                    "oldState": {"stateValue": old, "stateReason": old_reason},
                    "newState": {"stateValue": new, "stateReason": reason},
                }
            ),
        }
        for (old_reason, old, _), (reason, new, time) in pairwise(states)
    ]
