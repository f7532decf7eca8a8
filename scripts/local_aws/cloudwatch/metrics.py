"""CloudWatch metrics: log events can carry them, and all of its dimensions make a metric."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, MetricDatumBase, cloudwatch_backends
from moto.logs.models import LogsBackend

from local_aws.cloudwatch import metric_math, timeseries
from local_aws.cloudwatch.embedded_metrics import extracted
from local_aws.cloudwatch.timeseries import Metric, Periods
from local_aws.errors import NotEvaluable
from local_aws.patching import Replace

_EPOCH = datetime(1970, 1, 1)


def install(replace: Replace) -> None:
    """moto mixes metrics that share a name, and begins periods with the first data point."""
    moto_put_log_events = LogsBackend.put_log_events

    def put_log_events(
        backend: LogsBackend,
        log_group_name: str,
        log_stream_name: str,
        log_events: list[dict[str, Any]],
    ) -> tuple[str, dict[str, Any]]:
        answer = moto_put_log_events(backend, log_group_name, log_stream_name, log_events)
        metrics = cloudwatch_backends[backend.account_id][backend.region_name]
        for event in log_events:
            for namespace, datum in extracted(event["message"]):
                metrics.put_metric_data(namespace, [datum])
        return answer

    replace(LogsBackend, "put_log_events", put_log_events)
    replace(CloudWatchBackend, "get_metric_statistics", _get_metric_statistics)
    replace(CloudWatchBackend, "get_metric_data", _get_metric_data)
    replace(CloudWatchBackend, "get_filtered_metrics", _get_filtered_metrics)


def _get_metric_statistics(
    backend: CloudWatchBackend,
    namespace: str,
    metric_name: str,
    start_time: datetime,
    end_time: datetime,
    period: int,
    stats: list[str],
    dimensions: list[dict[str, str]],
    unit: str | None = None,
) -> list[dict[str, Any]]:
    metric = Metric(namespace, metric_name, _identity(dimensions), "", unit)
    periods = _periods(start_time, end_time, period)
    gathered = timeseries.gather(backend.get_all_metrics(), metric, periods)
    return [
        {
            "Timestamp": start,
            "Unit": data[0].unit or "None",
            **{stat: timeseries.statistic_of(data, stat) for stat in stats},
        }
        for start, data in zip(periods.starts, gathered, strict=True)
        if data
    ]


def _get_metric_data(
    backend: CloudWatchBackend,
    queries: list[dict[str, Any]],
    start_time: datetime,
    end_time: datetime,
    scan_by: str = "TimestampAscending",
) -> list[dict[str, Any]]:
    put = backend.get_all_metrics()
    try:
        results = [
            _answered(query, queries, put, start_time, end_time)
            for query in queries
            if query.get("ReturnData", True)
        ]
    except NotEvaluable as error:
        raise NotImplementedError(str(error)) from error
    if scan_by == "TimestampDescending":
        for result in results:
            result["values"].reverse()
            result["timestamps"].reverse()
    return results


def _answered(
    query: Mapping[str, Any],
    queries: Sequence[Mapping[str, Any]],
    put: Sequence[MetricDatumBase],
    start: datetime,
    end: datetime,
) -> dict[str, Any]:
    stat = query.get("MetricStat")
    if stat:
        label = f"{stat['Metric']['MetricName']} {stat['Stat']}"
        periods = _periods(start, end, int(stat["Period"]))
        series = timeseries.read(put, _metric(stat), periods)
    else:
        label = query["Id"]
        stats = {each["Id"]: each["MetricStat"] for each in queries if "MetricStat" in each}
        lengths = {int(each["Period"]) for each in stats.values()}
        if len(lengths) != 1:
            raise NotEvaluable(f"The metrics have not one period, but {sorted(lengths)}.")
        periods = _periods(start, end, lengths.pop())
        metrics = {
            name: timeseries.read(put, _metric(each), periods) for name, each in stats.items()
        }
        expressions = {each["Id"]: each["Expression"] for each in queries if "Expression" in each}
        series = metric_math.evaluate(query["Id"], metrics, expressions, periods.count)
    found = [
        (start, point)
        for start, point in zip(periods.starts, series.points, strict=True)
        if point is not None
    ]
    return {
        "id": query["Id"],
        "label": query.get("Label") or label,
        "timestamps": [start for start, _ in found],
        "values": [point for _, point in found],
        "status_code": "Complete",
    }


def _get_filtered_metrics(
    backend: CloudWatchBackend, metric_name: str, namespace: str, dimensions: list[dict[str, str]]
) -> list[MetricDatumBase]:
    found = {
        (datum.namespace, datum.name, timeseries.dimensions_of(datum.dimensions)): datum
        for datum in backend.get_all_metrics()
        if datum.filter(namespace, metric_name, dimensions)
    }
    return list(found.values())


def _metric(stat: Mapping[str, Any]) -> Metric:
    metric = stat["Metric"]
    dimensions = _identity(metric.get("Dimensions", []))
    return Metric(
        metric["Namespace"], metric["MetricName"], dimensions, stat["Stat"], stat.get("Unit")
    )


def _identity(dimensions: Sequence[Mapping[str, str]]) -> frozenset[tuple[str, str]]:
    return frozenset((dimension["Name"], dimension["Value"]) for dimension in dimensions)


def _periods(start: datetime, end: datetime, length_sec: int) -> Periods:
    """Return the whole periods, counted from midnight, in which the time from start to end lies."""
    first = (start - _EPOCH).total_seconds() // length_sec
    count = math.ceil((end - _EPOCH).total_seconds() / length_sec - first)
    return Periods(_EPOCH + timedelta(seconds=(first + count) * length_sec), length_sec, count)
