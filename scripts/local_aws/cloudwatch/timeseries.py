"""Data points of metrics: what was put, gathered by period."""

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
    """One value for each period, oldest first; None where there is no data point."""

    points: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric under one statistic; `unit` is None for data of every unit."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]
    statistic: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Periods:
    """`count` periods of `length_sec` seconds, the last of which ends before `end` (UTC, naive)."""

    end: datetime
    length_sec: int
    count: int

    @property
    def starts(self) -> list[datetime]:
        """When each of them begins, oldest first."""
        length = timedelta(seconds=self.length_sec)
        return [self.end - length * before for before in range(self.count, 0, -1)]


def dimensions_of(named: Iterable[Any]) -> frozenset[tuple[str, str]]:
    """Return what identifies a metric besides its name, from moto's dimensions."""
    return frozenset((dimension.name, dimension.value) for dimension in named)


def read(put: Iterable[MetricDatumBase], metric: Metric, periods: Periods) -> Series:
    """Return the statistic of the metric for each period, from all data that was put.

    Raises `NotEvaluable` for a statistic that is not known here.
    """
    gathered = gather(put, metric, periods)
    return Series(tuple(statistic_of(data, metric.statistic) for data in gathered))


def gather(
    put: Iterable[MetricDatumBase], metric: Metric, periods: Periods
) -> list[list[MetricDatumBase]]:
    """Return what was put for the metric in each period."""
    gathered: list[list[MetricDatumBase]] = [[] for _ in range(periods.count)]
    begin = periods.end - timedelta(seconds=periods.length_sec * periods.count)
    for datum in put:
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
    """Return the statistic of what was put in one period, None where nothing was."""
    values = [datum.value for datum in data if isinstance(datum, MetricDatum)]
    sets = [datum for datum in data if isinstance(datum, MetricAggregatedDatum)]
    percentile = _PERCENTILE.fullmatch(statistic)
    if percentile:
        # A set of statistics tells of no single value.
        return _percentile(sorted(values), float(percentile[1])) if values else None
    count = len(values) + sum(each.sample_count for each in sets)
    total = sum(values) + sum(each.sum for each in sets)
    if statistic not in ("Average", "Maximum", "Minimum", "SampleCount", "Sum"):
        raise NotEvaluable(f"The statistic {statistic} is not known here.")
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
    """Interpolate between the two values that lie next to the wanted rank."""
    rank = (len(ordered) - 1) * percent / 100
    low, high = ordered[math.floor(rank)], ordered[math.ceil(rank)]
    return low + (high - low) * (rank - math.floor(rank))
