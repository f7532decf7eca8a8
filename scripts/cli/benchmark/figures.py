"""The figures by name, in the order in which they are measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import aws_calls, cold_start, crowd, growth, memory, overhead, parallelism
from .result import Result


@dataclass(frozen=True, slots=True)
class Figure:
    """How to measure a figure, and how often by default."""

    measure: Callable[[int], list[Result]]
    repeat: int


FIGURES: Mapping[str, Figure] = {
    "overhead": Figure(overhead.without_logs, 60),
    "overhead-info": Figure(overhead.with_logs, 40),
    "parallel": Figure(parallelism.monolithic, 5),
    "distributed": Figure(parallelism.distributed, 5),
    "crowd": Figure(crowd.measure, 3),
    "calls": Figure(aws_calls.measure, 3),
    "cold-start": Figure(cold_start.measure, 15),
    "memory": Figure(memory.measure, 2),
    "growth": Figure(growth.measure, 20),
}
