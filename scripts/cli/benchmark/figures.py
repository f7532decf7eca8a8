"""The figures by name, in the order in which they are measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..common import browser, redis_server, terraform
from . import (
    at_once,
    aws_calls,
    clear_cache,
    cold_actions,
    cold_start,
    crowd,
    digest,
    growth,
    history,
    memory,
    overhead,
    page,
    parallelism,
    shards,
    stagger,
    transitions,
)
from .result import Result


@dataclass(frozen=True, slots=True)
class Figure:
    """How to measure a figure, and how often by default."""

    measure: Callable[[int], list[Result]]
    repeat: int
    needs: Callable[[], object] | None = None
    """Raises BrowserError, RedisServerError or TerraformError where it cannot be measured."""


FIGURES: Mapping[str, Figure] = {
    "overhead": Figure(overhead.without_logs, 60),
    "overhead-info": Figure(overhead.with_logs, 40),
    "overhead-history": Figure(overhead.with_history, 60),
    "parallel": Figure(parallelism.monolithic, 5),
    "distributed": Figure(parallelism.distributed, 5),
    "shards": Figure(shards.measure, 1),
    "crowd": Figure(crowd.measure, 3),
    "calls": Figure(aws_calls.measure, 3),
    "cold-start": Figure(cold_start.measure, 15),
    "memory": Figure(memory.measure, 2),
    "growth": Figure(growth.measure, 20),
    "transitions": Figure(transitions.measure, 1, needs=terraform.find),
    "stagger": Figure(stagger.measure, 1, needs=terraform.find),
    "at-once": Figure(at_once.measure, 1, needs=terraform.find),
    "history": Figure(history.measure, 1, needs=terraform.find),
    "cold-actions": Figure(cold_actions.measure, 15),
    "clear-cache": Figure(clear_cache.measure, 5, needs=redis_server.binary),
    "digests": Figure(digest.parallel, 2),
    "digest-memory": Figure(digest.memory, 1),
    "digest-cold": Figure(digest.cold_start, 15),
    "report": Figure(page.write, 5),
    "scrolling": Figure(page.scroll, 3, needs=browser.find),
}
