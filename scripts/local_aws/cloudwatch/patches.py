"""Patches of CloudWatch: the state and history of alarms, and the identity of metrics."""

from typing import Any

from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse

from local_aws.cloudwatch import metrics
from local_aws.cloudwatch.alarm_history import describe_alarm_history
from local_aws.patching import Patch


def install(patch: Patch) -> None:
    """moto starts alarms in the state OK, and mixes metrics that have the same name."""
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

    patch(CloudWatchBackend, "put_metric_alarm", put_metric_alarm)
    patch(CloudWatchBackend, "delete_alarms", delete_alarms)
    patch(CloudWatchBackend, "get_metric_statistics", metrics.get_metric_statistics)
    patch(CloudWatchBackend, "get_metric_data", metrics.get_metric_data)
    patch(CloudWatchBackend, "get_filtered_metrics", metrics.get_filtered_metrics)
    patch(CloudWatchResponse, "describe_alarm_history", describe_alarm_history)
