"""Time series: the data of metrics, gathered by period."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from moto.cloudwatch.models import MetricAggregatedDatum, MetricDatum, MetricDatumBase

from local_aws.errors import NotEvaluable

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d+)?|100)")


@dataclass(frozen=True, slots=True)
class Series:
    """A value for each period, oldest first. None is a missing data point."""

    points: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric and one of its statistics. `unit` is None for data of every unit."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]
    statistic: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Periods:
    """`count` periods of `length_sec` seconds up to `end` (UTC, naive)."""

    end: datetime
    length_sec: int
    count: int

    @property
    def starts(self) -> list[datetime]:
        """The start of each period, oldest first."""
        length = timedelta(seconds=self.length_sec)
        return [self.end - length * before for before in range(self.count, 0, -1)]


def dimensions_of(named: Iterable[Any]) -> frozenset[tuple[str, str]]:
    """Return dimensions of moto as names and values."""
    return frozenset((dimension.name, dimension.value) for dimension in named)


def read(data: Iterable[MetricDatumBase], metric: Metric, periods: Periods) -> Series:
    """Return the statistic of a metric in each period, from the data of all metrics.

    Raises `NotEvaluable` for a statistic that the embedded AWS lacks.
    """
    gathered = gather(data, metric, periods)
    return Series(tuple(statistic_of(each, metric.statistic) for each in gathered))


def gather(
    data: Iterable[MetricDatumBase], metric: Metric, periods: Periods
) -> list[list[MetricDatumBase]]:
    """Return the data of a metric in each period, from the data of all metrics."""
    gathered: list[list[MetricDatumBase]] = [[] for _ in range(periods.count)]
    begin = periods.end - timedelta(seconds=periods.length_sec * periods.count)
    for datum in data:
        if (
            begin <= datum.timestamp < periods.end
            and datum.name == metric.name
            and datum.namespace == metric.namespace
            and metric.unit in (None, datum.unit or "None")
            and dimensions_of(datum.dimensions) == metric.dimensions
        ):
            after = (datum.timestamp - begin).total_seconds()
            gathered[int(after // periods.length_sec)].append(datum)
    return gathered


def statistic_of(data: Sequence[MetricDatumBase], statistic: str) -> float | None:
    """Return the statistic of the data of one period, None if there is none."""
    values = [datum.value for datum in data if isinstance(datum, MetricDatum)]
    sets = [datum for datum in data if isinstance(datum, MetricAggregatedDatum)]
    percentile = _PERCENTILE.fullmatch(statistic)
    if percentile:
        # Statistic sets do not contain single values.
        return _percentile(sorted(values), float(percentile[1])) if values else None
    count = len(values) + sum(each.sample_count for each in sets)
    total = sum(values) + sum(each.sum for each in sets)
    if statistic not in ("Average", "Maximum", "Minimum", "SampleCount", "Sum"):
        raise NotEvaluable(f"The embedded AWS lacks the statistic {statistic}.")
    if not count:
        return None
    if statistic == "Average":
        return total / count
    if statistic == "Maximum":
        return max([*values, *(each.max for each in sets)])
    if statistic == "Minimum":
        return min([*values, *(each.min for each in sets)])
    return float(count if statistic == "SampleCount" else total)


def _percentile(ordered: Sequence[float], percent: float) -> float:
    """Interpolate between the two values next to the rank."""
    rank = (len(ordered) - 1) * percent / 100
    low, high = ordered[math.floor(rank)], ordered[math.ceil(rank)]
    return low + (high - low) * (rank - math.floor(rank))
