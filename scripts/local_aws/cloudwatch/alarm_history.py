"""The history of alarms, which moto does not return."""

import json
from itertools import pairwise
from typing import Any

from moto.cloudwatch.models import Alarm
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult


def describe_alarm_history(response: CloudWatchResponse) -> ActionResult:
    """Answer DescribeAlarmHistory with the changes of state."""
    name = response._get_param("AlarmName")
    kind = response._get_param("HistoryItemType") or "StateUpdate"
    begin, end = response._get_param("StartDate"), response._get_param("EndDate")
    items = [
        item
        for alarm in response.cloudwatch_backend.describe_alarms()
        if name in (None, alarm.name) and kind == "StateUpdate"
        for item in _changes(alarm)
        if (begin is None or item["Timestamp"] >= begin)
        and (end is None or item["Timestamp"] < end)
    ]
    descending = response._get_param("ScanBy") != "TimestampAscending"
    items.sort(key=lambda item: item["Timestamp"], reverse=descending)
    return ActionResult({"AlarmHistoryItems": items})


def _changes(alarm: Alarm) -> list[dict[str, Any]]:
    # moto records a state when it ends, with the time at which it began.
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
