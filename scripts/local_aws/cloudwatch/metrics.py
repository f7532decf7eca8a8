"""Queries of metrics. A metric is identified by its namespace, its name and all its dimensions.

moto tells metrics apart by name alone, and starts periods at the first data point.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend, MetricDatumBase

from local_aws.cloudwatch import metric_math, timeseries
from local_aws.cloudwatch.timeseries import Metric, Periods
from local_aws.errors import NotEvaluable

_EPOCH = datetime(1970, 1, 1)


def get_metric_statistics(
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
    """Answer GetMetricStatistics."""
    metric = Metric(namespace, metric_name, _dimensions(dimensions), "", unit)
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


def get_metric_data(
    backend: CloudWatchBackend,
    queries: list[dict[str, Any]],
    start_time: datetime,
    end_time: datetime,
    scan_by: str = "TimestampAscending",
) -> list[dict[str, Any]]:
    """Answer GetMetricData."""
    data = backend.get_all_metrics()
    try:
        results = [
            _result(query, queries, data, start_time, end_time)
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


def _result(
    query: Mapping[str, Any],
    queries: Sequence[Mapping[str, Any]],
    data: Sequence[MetricDatumBase],
    start: datetime,
    end: datetime,
) -> dict[str, Any]:
    stat = query.get("MetricStat")
    if stat:
        label = f"{stat['Metric']['MetricName']} {stat['Stat']}"
        periods = _periods(start, end, int(stat["Period"]))
        series = timeseries.read(data, _metric(stat), periods)
    else:
        label = query["Id"]
        stats = {each["Id"]: each["MetricStat"] for each in queries if "MetricStat" in each}
        lengths = {int(each["Period"]) for each in stats.values()}
        if len(lengths) != 1:
            raise NotEvaluable(f"The metrics have different periods: {sorted(lengths)}.")
        periods = _periods(start, end, lengths.pop())
        metrics = {
            name: timeseries.read(data, _metric(each), periods) for name, each in stats.items()
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


def get_filtered_metrics(
    backend: CloudWatchBackend, metric_name: str, namespace: str, dimensions: list[dict[str, str]]
) -> list[MetricDatumBase]:
    """Answer ListMetrics with each metric once."""
    found = {
        (datum.namespace, datum.name, timeseries.dimensions_of(datum.dimensions)): datum
        for datum in backend.get_all_metrics()
        if datum.filter(namespace, metric_name, dimensions)
    }
    return list(found.values())


def _metric(stat: Mapping[str, Any]) -> Metric:
    metric = stat["Metric"]
    dimensions = _dimensions(metric.get("Dimensions", []))
    return Metric(
        metric["Namespace"], metric["MetricName"], dimensions, stat["Stat"], stat.get("Unit")
    )


def _dimensions(dimensions: Sequence[Mapping[str, str]]) -> frozenset[tuple[str, str]]:
    return frozenset((dimension["Name"], dimension["Value"]) for dimension in dimensions)


def _periods(start: datetime, end: datetime, length_sec: int) -> Periods:
    """Return the periods that cover a time. They start at multiples of their length."""
    first = (start - _EPOCH).total_seconds() // length_sec
    count = math.ceil((end - _EPOCH).total_seconds() / length_sec - first)
    return Periods(_EPOCH + timedelta(seconds=(first + count) * length_sec), length_sec, count)
