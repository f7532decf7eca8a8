"""The scheduled digest: its duration, memory, requests and cold start."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median

from local_aws.awslambda.function import Function

from ..common.paths import ROOT
from .digest_stub import BACKEND
from .harness import BenchmarkError, Harness, harness_with
from .result import Result

MONITORS = 1_000
MANY_MONITORS = 50_000
CONCURRENCY = 10
ANSWER_SEC = 0.1
LIMITED_SEC = 20
"""The time of a run with `MANY_MONITORS`, which it continues in another one."""
_PAGE = 1_000


def parallel(repeat: int) -> list[Result]:
    with _harness() as lambdas:
        function = _function(lambdas, "run", MONITORS)
        seconds = []
        for _ in range(repeat):
            measured = lambdas.invoke(function)
            if measured["values"]["DigestsTriggered"] != MONITORS:
                raise BenchmarkError(f"not all of {MONITORS} digests were triggered")
            seconds.append(measured["seconds"])
    ideal_sec = MONITORS * ANSWER_SEC / CONCURRENCY
    return [
        Result(
            f"{MONITORS:,} digests of {ANSWER_SEC * 1000:.0f} ms, {CONCURRENCY} at once, relative "
            "to the ideal",
            median(seconds) / ideal_sec,
            1.10,
            "×",
            notes=[f"ideal: {ideal_sec:.2f} s"],
            samples={"run": seconds},
        )
    ]


def memory(repeat: int) -> list[Result]:
    peaks, pages = [], []
    with _harness() as lambdas:
        function = _function(lambdas, "run", MANY_MONITORS)
        for _ in range(repeat):
            lambdas.calls()
            peaks.append(lambdas.peak_mb(function, seconds=LIMITED_SEC))
            pages.append(lambdas.calls()["monitors"])
        alone = lambdas.peak_mb(_function(lambdas, "start_without", 0))
    return [
        Result(
            f"peak memory, {MANY_MONITORS:,} monitors",
            max(peaks),
            80,
            "MB",
            notes=[f"urllib3, and boto3 with a DynamoDB client alone: {alone} MB"],
            samples={"run": [peak * 2**20 for peak in peaks]},
        ),
        Result(
            f"requests for {MANY_MONITORS:,} monitors",
            max(pages),
            MANY_MONITORS / _PAGE + 1,
            "",
            samples={"pages": pages},
        ),
    ]


def cold_start(repeat: int) -> list[Result]:
    """Compare the fastest starts, which find their bytecode compiled, as `cold_start` does."""
    samples: dict[str, list[float]] = {"function": [], "without": []}
    with _harness() as lambdas:
        functions = {
            "function": _function(lambdas, "start", 0),
            "without": _function(lambdas, "start_without", 0),
        }
        for function in functions.values():
            lambdas.invoke_cold(function)  # compiles
        for _ in range(repeat):
            for name, function in functions.items():
                samples[name].append(lambdas.invoke_cold(function)["start"])
    ms = {name: min(seconds) * 1000 for name, seconds in samples.items()}
    return [
        Result(
            "cold start of the scheduled digest, relative to urllib3, and boto3 with its client",
            ms["function"] / ms["without"],
            1.10,
            "×",
            notes=[f"function: {ms['function']:.0f} ms, without it: {ms['without']:.0f} ms"],
            samples=samples,
        )
    ]


@contextmanager
def _harness() -> Iterator[Harness]:
    command = [sys.executable, "-m", "cli.benchmark.digest_stub", str(ANSWER_SEC)]
    with harness_with(command, {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}) as lambdas:
        yield lambdas


def _function(lambdas: Harness, handler: str, monitors: int) -> Function:
    environment = {
        "SUPABASE_URL": f"{lambdas.endpoint}/{monitors}",
        "SUPABASE_SERVICE_ROLE_KEY": "sb_secret_of_nothing",
        "BACKEND_DIGEST_ENDPOINT": f"{lambdas.endpoint}{BACKEND}",
        "LEASE_TABLE": "leases",
        "MAX_CONCURRENCY": str(CONCURRENCY),
    }
    return replace(lambdas.function(f"digest.{handler}"), environment=environment)
