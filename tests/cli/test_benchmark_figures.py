"""How the figures of `benchmark` are measured; what they come to depends on the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any
from unittest.mock import Mock

import pytest

from cli.benchmark import (
    at_once,
    aws_calls,
    clear_cache,
    cold_actions,
    cold_start,
    crowd,
    digest,
    growth,
    history,
    kit_start,
    memory,
    overhead,
    page,
    parallelism,
    shards,
    stagger,
    transitions,
)
from cli.benchmark.figures import FIGURES
from cli.benchmark.harness import BenchmarkError, harness, packaged
from cli.benchmark.processor import Processor, processor
from cli.benchmark.result import Result
from cli.common import browser
from incident_actions import prefixes

from .commands import needs_terraform

needs_redis = pytest.mark.skipif(sys.platform != "linux", reason="needs a Redis server")

needs_browser = pytest.mark.skipif(
    not browser.HAS_PACKAGE, reason="needs a browser, which is downloaded on Linux"
)

FAILING = b"""
def get_events():
    return {"broken": {"detect": lambda name: False, "role": "detect"}}
"""
PROCESS = b"""
import os

def number(event, context):
    return os.getpid()
"""


@pytest.fixture(autouse=True)
def few_events(monkeypatch: pytest.MonkeyPatch) -> None:
    small: Mapping[Any, dict[str, Any]] = {
        overhead: {"EVENTS": 10},
        parallelism: {"MONOLITHIC_EVENTS": 8, "DISTRIBUTED_EVENTS": 16},
        shards: {"EVENTS": 24, "SHARDS": 3},
        memory: {"EVENTS": 10},
        growth: {"SIZES": (2, 4, 8)},
        crowd: {"FUNCTIONS": 3},
        digest: {
            "MONITORS": 20,
            "MANY_MONITORS": 2_500,
            "ANSWER_SEC": 0.05,
            "CONCURRENCY": 4,
            "LIMITED_SEC": 8,
        },
        transitions: {"BATCH": 2},
        stagger: {"OBJECTS": 3, "CONCURRENCY": 2, "JOB_SEC": 0.05},
        at_once: {"OBJECTS": 6, "CONCURRENCY": 1, "EXECUTIONS": 2},
        history: {"BATCH": 2},
        clear_cache: {"KEYS": 5_000, "CLEARED": 500},
        page: {"EVENTS": 30},
    }
    for module, sizes in small.items():
        for name, size in sizes.items():
            monkeypatch.setattr(module, name, size)


def measured(name: str, repeat: int = 2) -> list[Result]:
    return FIGURES[name].measure(repeat)


@pytest.mark.parametrize(
    ("name", "target"), [("overhead", 10), ("overhead-info", 40), ("overhead-history", 10)]
)
def test_overhead_is_that_of_the_fastest_period_above_the_fastest_map(
    name: str, target: float
) -> None:
    [result] = measured(name)
    assert {name: len(values) for name, values in result.samples.items()} == {
        "diva": 2,
        "bare": 2,
        "decoding": 2,
    }
    above = min(result.samples["diva"]) - min(result.samples["bare"])
    assert result.measured == pytest.approx(above / 10 * 1e6)
    assert (result.target, result.unit) == (target, "µs")


def test_waiting_in_one_function_is_compared_with_the_ideal() -> None:
    [result] = measured("parallel")
    ideal_sec = 8 * 0.05 / 8
    assert [len(values) for values in result.samples.values()] == [2, 2]
    assert min(min(values) for values in result.samples.values()) >= ideal_sec
    assert result.measured == pytest.approx(sum(result.samples["diva"]) / 2 / ideal_sec)
    assert result.target == 1.03


def test_waiting_for_dynamodb_too_is_compared_with_boto3_alone() -> None:
    [result] = measured("distributed")
    waiting_sec = 16 * (0.005 + 0.005) / 8
    assert min(min(values) for values in result.samples.values()) >= waiting_sec
    diva, bare = (sum(result.samples[name]) / 2 for name in ("diva", "bare"))
    assert result.measured == pytest.approx(diva / bare)
    assert result.target == 1.15


def test_shards_are_compared_with_one_that_has_all_events() -> None:
    [result] = measured("shards")
    assert {name: len(seconds) for name, seconds in result.samples.items()} == {"1": 2, "3": 2}
    one, three = (sum(result.samples[name]) / 2 for name in ("1", "3"))
    assert min(result.samples["1"]) >= 24 * 0.05 / 8
    assert min(result.samples["3"]) >= 0.05
    assert result.measured == pytest.approx(one / (3 * three))
    assert (result.target, result.is_minimum) == (0.85, True)


def test_a_cold_start_is_compared_with_that_of_boto3() -> None:
    [result] = cold_start.measure(1)
    assert result.samples.keys() == {"diva", "boto3", "uncompiled", "period"}
    expected = result.samples["diva"][0] / result.samples["boto3"][0]
    assert result.measured == pytest.approx(expected)
    assert result.target == 1.10


def test_memory_is_the_peak_of_a_process_over_its_periods() -> None:
    [result] = measured("memory")
    assert len(result.samples["diva"]) == 3
    assert result.measured * 2**20 == max(result.samples["diva"]) > 10 * 2**20
    assert (result.target, result.unit) == (64, "MB")


def test_growth_compares_what_an_event_costs_among_many_and_among_few() -> None:
    for result in measured("growth"):
        few, more, most = (min(result.samples[size]) for size in ("2", "4", "8"))
        expected = max((most / 8) / (more / 4), (more / 4) / (few / 2))
        assert result.measured == pytest.approx(expected)
        assert result.target == 1.1


def test_each_function_of_a_crowd_writes_a_count_of_its_own() -> None:
    in_s3, writes_to_s3, in_dynamodb, writes_to_dynamodb = measured("crowd")
    for failed, writes in ((in_s3, writes_to_s3), (in_dynamodb, writes_to_dynamodb)):
        assert (failed.measured, failed.is_exact) == (0, True)
        assert {name: len(seconds) for name, seconds in writes.samples.items()} == {"1": 3, "2": 3}
        assert 1 <= writes.measured <= 3  # each conflict is another function's success


def test_a_count_that_two_functions_of_a_crowd_have_written_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    overwritten = {"seconds": [1.0, 2.0, 3.0], "counts": [1, 2, 2]}
    calls = {"PutObject": 3, "UpdateItem": 3}
    lambdas = Mock(invoke=Mock(return_value=overwritten), calls=Mock(return_value=calls))
    monkeypatch.setattr(crowd, "harness", lambda _: nullcontext(lambdas))
    assert [result.measured for result in measured("crowd", repeat=1)] == [1, 1, 1, 1]


def test_calls_other_than_the_reads_are_found_in_either_mode(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = [{"GetObject": 9}, {"GetObject": 2, "PutObject": 4}]
    counts += [{"GetItem": 9}, {"GetItem": 202, "UpdateItem": 6}]
    lambdas = Mock(calls=Mock(side_effect=counts))
    monkeypatch.setattr(aws_calls, "harness", lambda: nullcontext(lambdas))
    results = measured("calls")
    assert [result.measured for result in results] == [1, 101, 5]
    assert [result.is_met for result in results] == [True, False, False]
    assert results[2].notes == ["4 × PutObject", "6 × UpdateItem"]


def test_a_cold_start_of_each_action_is_compared_with_that_of_its_clients() -> None:
    results = measured("cold-actions", repeat=1)
    assert len(results) == len(cold_actions.ACTIONS) == 4
    for result in results:
        [action], [clients] = result.samples["action"], result.samples["clients"]
        assert result.measured == pytest.approx(action / clients)
        assert result.target == 1.15


@needs_redis
def test_clearing_a_cache_is_compared_with_clearing_it_without_pipelines() -> None:
    cleared, longest, waits = measured("clear-cache")
    pipelined, one_by_one = (min(cleared.samples[each]) for each in ("pipelined", "one by one"))
    assert cleared.measured == pytest.approx(pipelined / one_by_one)
    assert cleared.target == 0.5
    assert longest.measured == pytest.approx(max(longest.samples["commands"]) * 1000)
    assert len(longest.samples["commands"]) >= 5_000 / 1_000 + 1
    assert waits.measured == pytest.approx(min(waits.samples["waits"]) * 1000)
    assert longest.target == waits.target == 5


@needs_redis
def test_keys_that_are_left_are_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefixes, "clear", lambda *_: None)
    with pytest.raises(BenchmarkError, match="5,000 keys are left, not 4,500"):
        measured("clear-cache")


def test_digests_are_compared_with_the_waiting_time_of_the_backend() -> None:
    [result] = measured("digests")
    ideal_sec = 20 * 0.05 / 4
    first, second = result.samples["run"]
    assert min(first, second) >= ideal_sec
    assert result.measured == pytest.approx((first + second) / 2 / ideal_sec)
    assert result.target == 1.10


def test_digests_that_were_not_triggered_are_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"seconds": 1.0, "values": {"DigestsTriggered": 19}}
    lambdas = Mock(invoke=Mock(return_value=answer))
    monkeypatch.setattr(digest, "_harness", lambda: nullcontext(lambdas))
    monkeypatch.setattr(digest, "_function", Mock())
    with pytest.raises(BenchmarkError, match="not all of 20 digests were triggered"):
        measured("digests")


def test_the_memory_and_the_requests_of_many_monitors_are_those_of_a_run() -> None:
    peak, pages = measured("digest-memory", repeat=1)
    assert 10 < peak.measured < 200
    assert (peak.target, peak.unit) == (80, "MB")
    assert pages.samples["pages"] == [4]  # three with monitors, and an empty one
    assert (pages.measured, pages.target) == (4, 3.5)


def test_the_start_of_the_digest_is_compared_with_its_clients() -> None:
    [result] = measured("digest-cold", repeat=1)
    assert {name: len(values) for name, values in result.samples.items()} == {
        "function": 1,
        "without": 1,
    }
    expected = result.samples["function"][0] / result.samples["without"][0]
    assert result.measured == pytest.approx(expected)
    assert result.target == 1.10


def test_a_report_is_written_as_the_command_writes_it() -> None:
    written, size = measured("report")
    assert written.measured == min(written.samples["command"])
    assert (written.target, written.unit) == (1, "s")
    assert len(written.samples["command"]) == 2
    assert min(written.samples["command"]) > 0
    assert (size.target, size.unit) == (2_000, "kB")
    assert 30 * 20 * len("<tr><td>1 Sep 08:00<td>1 min") < size.measured * 1000 < 90_000


@needs_browser
def test_scrolling_through_a_report_takes_as_long_as_its_longest_frame() -> None:
    [result] = measured("scrolling")
    assert len(result.samples["longest"]) == 2
    assert result.measured == pytest.approx(min(result.samples["longest"]) * 1000)
    assert result.measured > 1
    assert result.target == 50


@needs_browser
def test_a_page_that_does_not_scroll_to_its_end_is_no_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page, "_SCROLL", "")
    monkeypatch.setattr(page, "_PATIENCE_SEC", 0.1)
    with pytest.raises(BenchmarkError, match="has not scrolled through the page in 0 s"):
        measured("scrolling")


def test_cold_starts_with_the_kit_are_compared_with_the_same_by_hand() -> None:
    [result] = measured("kit-cold")
    assert {name: len(values) for name, values in result.samples.items()} == {
        "kit": 2,
        "by hand": 2,
    }
    expected = min(result.samples["kit"]) / min(result.samples["by hand"])
    assert result.measured == pytest.approx(expected)
    assert result.target == kit_start.LIMIT == 1.10


def test_a_start_in_which_a_callback_is_not_called_is_not_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kit_start, "_LOGIC", {"kit": "event_logic"})
    with pytest.raises(BenchmarkError, match="kit: not all callbacks were called once"):
        measured("kit-cold")


@needs_terraform
def test_the_state_transitions_of_messages_batches_and_idle_executions_are_counted() -> None:
    message, batch, idle = measured("transitions")
    assert (message.measured, message.target) == (3, 3)
    assert (batch.measured, batch.target) == (4, 5)
    assert (idle.measured, idle.target) == (3, 4)
    samples = {name: set(several) for name, several in idle.samples.items()}
    assert samples == {
        "0 messages": {3},
        "1 messages": {15},
        "2 messages": {18},
        "4 messages": {28},
    }


@needs_terraform
def test_a_staggered_execution_is_compared_with_stagger_and_work_alone() -> None:
    [result] = measured("stagger")
    ideal_sec = (1 + 0.05) + 0.05
    first, second = result.samples["execution"]
    # Two clocks: one for the waits, and one for the history, which has milliseconds.
    assert min(first, second) > ideal_sec - 0.02
    assert result.measured == pytest.approx((first + second) / 2 / ideal_sec)
    assert result.target == 1.25


@needs_terraform
def test_functions_at_once_stay_below_the_limit_with_lanes_and_executions_that_overlap() -> None:
    [result] = measured("at-once")
    assert len(result.samples["most"]) == 2
    assert 1 <= result.measured <= result.target == 2


def test_functions_are_at_once_where_they_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [(1.0, 3.0), (0.0, 2.0), (2.0, 4.0), (3.5, 5.0), (7.0, 8.0), (7.5, 8.0)]
    processing = Mock(jobs=Mock(return_value=jobs))
    monkeypatch.setattr(at_once, "processor", lambda **_: nullcontext(processing))
    [result] = measured("at-once")
    assert (result.measured, result.is_met) == (3, False)
    del jobs[0]
    with pytest.raises(BenchmarkError, match="5 of 6 messages were processed"):
        measured("at-once")


def test_an_execution_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.benchmark.processor._PATIENCE_SEC", 0)
    aws = Mock()
    aws.client.return_value.describe_execution.return_value = {"status": "RUNNING"}
    processing = Processor(aws, {}, 1, "machine", "queue", "function")
    with pytest.raises(BenchmarkError, match="the execution stuck has not ended after 0 s"):
        processing.ended("stuck")


@needs_terraform
def test_the_longest_execution_has_almost_all_events_that_an_execution_can_have() -> None:
    [result] = measured("history", repeat=1)
    assert 24_000 < result.measured <= result.target == 24_999


@needs_terraform
def test_executions_in_which_a_message_fails_or_which_are_stopped_are_not_measured() -> None:
    with processor(sqs_max_receive_count=1, sqs_receive_wait_time_seconds=0) as processing:
        with pytest.raises(BenchmarkError, match="1 of 2 messages were processed"):
            processing.process([0.0, -1.0])
        processing.send([0.0] * 3)
        stopped = processing.start()
        processing.aws.client("stepfunctions").stop_execution(executionArn=stopped)
        with pytest.raises(BenchmarkError, match="ABORTED"):
            processing.ended(stopped)


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill would end a process there")
def test_a_process_is_kept_warm_until_a_cold_one_is_wanted_and_ended_at_last() -> None:
    package = packaged(**{"cli/benchmark/handlers/process.py": PROCESS})
    with harness() as lambdas:
        function = lambdas.function("process.number", package=package)
        first, second = lambdas.invoke(function), lambdas.invoke(function)
        third = lambdas.invoke_cold(function)
    assert first == second != third
    for process in (first, third):
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_aws_answers_no_sooner_than_it_is_told_to() -> None:
    with harness(delay_sec=0.2) as lambdas:
        function = lambdas.function("warm.periods")
        lambdas.invoke(function, repeat=1)
        assert lambdas.invoke(function, repeat=2) >= 0.4


def test_what_is_no_healthy_period_is_not_measured() -> None:
    package = packaged(**{"event_logic.py": FAILING})
    with harness() as lambdas:
        function = lambdas.function("warm.periods", package=package)
        with pytest.raises(BenchmarkError, match="Unhealthy: 0 of 1 events are healthy"):
            lambdas.invoke(function, repeat=1)


@pytest.mark.parametrize(
    ("mode", "read", "write"),
    [("monolithic", "GetObject", "PutObject"), ("distributed", "GetItem", "UpdateItem")],
)
def test_reads_and_writes_of_a_failing_event_are_counted(mode: str, read: str, write: str) -> None:
    with harness() as lambdas:
        function = lambdas.function(
            mode=mode, log_level="CRITICAL", package=packaged(**{"event_logic.py": FAILING})
        )
        answers = [lambdas.invoke(function)["results"]["broken"] for _ in range(2)]
        assert lambdas.calls() == {read: 2, write: 2}
        assert lambdas.calls() == {}
    assert answers == ["failed_detection (1/3)", "failed_detection (2/3)"]
