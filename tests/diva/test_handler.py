"""The handler as Lambda calls it: the result, what it costs, and what it keeps."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from local_aws import LocalAws
from tests.faults.faulty_aws import FaultyAws, no_list_bucket

from .lambda_process import CALLBACKS, ORDERS, THREE, Context, Process
from .places import KEY


def test_the_result_counts_the_events_and_names_their_statuses(process: Process) -> None:
    process.start(THREE).logic.answers["detect two"] = False
    context = Context()
    result = process.invoke(context)
    run_id = result.pop("run_id")
    assert run_id.startswith(context.aws_request_id)
    assert result == {
        "mode": process.mode,
        "events": 3,
        "healthy": 2,
        "failing": 1,
        "alerted": 1,
        "not_run": 0,
        "results": {"one": "ok", "two": "failed_detection (1/1) alerted", "three": "ok"},
    }
    result = process.invoke()
    assert result["results"]["two"] == "failed_detection (2/1)"
    assert (result["healthy"], result["failing"], result["alerted"]) == (2, 1, 1)


def test_a_repeated_request_is_another_run(process: Process) -> None:
    context = Context()
    process.start()
    assert process.invoke(context)["run_id"] != process.invoke(context)["run_id"]


def test_a_failure_is_injected_alerted_and_recovers_over_several_invocations(
    process: Process,
) -> None:
    process.start().logic.answers["detect orders"] = False
    assert [process.results()["orders"] for _ in range(4)] == [
        "injected",
        "failed_detection (2/3)",
        "failed_detection (3/3) alerted",
        "failed_detection (4/3)",
    ]
    assert process.state()["alerted"] is True
    del process.logic.answers["detect orders"]
    assert process.results() == {"orders": "ok"}
    assert process.state()["detection_failures"] == 0
    assert [call for call in process.logic.calls if not call.startswith("detect")] == [
        "inject orders",
        "alert orders",
    ]


def test_the_state_outlives_the_process(process: Process) -> None:
    process.start(THREE).logic.answers["detect two"] = False
    process.invoke()
    process.start(THREE).logic.answers["detect two"] = False
    assert process.results()["two"] == "failed_detection (2/1)"
    assert process.logic.calls.count("alert two") == 0


def test_a_healthy_period_is_one_read_for_each_unit_of_state_and_no_write(
    process: Process,
) -> None:
    process.start(THREE).invoke()
    process.requests.clear()
    process.invoke()
    assert process.requests == (["GetObject"] if process.mode == "monolithic" else ["GetItem"] * 3)


def test_a_failing_period_writes_only_what_changed(process: Process) -> None:
    process.start(THREE).invoke()
    process.requests.clear()
    process.logic.answers |= {"detect two": False, "alert two": ValueError("no")}
    process.invoke()
    writes = [each for each in process.requests if not each.startswith("Get")]
    kind = "PutObject" if process.mode == "monolithic" else "UpdateItem"
    assert writes == [kind] * 2  # before the delivery, and after it


def test_with_the_documented_permissions_alone_it_starts_from_nothing_403_for_a_missing_key(
    process: Process, aws: LocalAws
) -> None:
    with FaultyAws(aws.endpoint) as faulty:
        faulty.always("GetObject", no_list_bucket)
        process.start(THREE, AWS_ENDPOINT_URL=faulty.endpoint)
        assert process.results() == {"one": "ok", "two": "ok", "three": "ok"}
    assert process.state("one")["healthy"] is True
    permitted = {"GetObject", "PutObject"}
    if process.mode == "distributed":
        permitted = {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "DescribeTable"}
    assert set(process.requests) <= permitted


def test_no_events_is_no_failure(process: Process) -> None:
    process.start("def get_events():\n    return {}\n")
    assert process.invoke()["events"] == 0


def test_without_parallelism_events_have_their_turns_in_the_order_given(process: Process) -> None:
    names = [f"event {number}" for number in range(8)]
    process.start(THREE.replace("('one', 'two', 'three')", str(names)), DIVA_PARALLELIZE="false")
    process.logic.answers |= {f"detect {name}": False for name in names}
    process.invoke()
    turns = [[f"detect {name}" for name in names], [f"alert {name}" for name in names]]
    if process.mode == "distributed":
        turns = [list(turn) for turn in zip(*turns, strict=True)]
    assert process.logic.calls == [call for turn in turns for call in turn]


@pytest.mark.parametrize("mode", ["distributed"], indirect=True)
def test_a_detect_and_an_inject_worker_share_an_events_state(process: Process) -> None:
    process.start(DIVA_WORKER_ROLE="inject")
    assert process.results() == {"orders": "skipped"}  # nobody has detected yet
    process.start(DIVA_WORKER_ROLE="detect").logic.answers["detect orders"] = False
    assert process.results() == {"orders": "failed_detection (1/3)"}
    assert process.logic.calls == ["detect orders"]
    process.start(DIVA_WORKER_ROLE="inject")
    assert process.results() == {"orders": "injected"}
    assert process.logic.calls == ["inject orders"]
    assert process.state()["detection_failures"] == 1
    assert process.state()["injected"] is True


@pytest.mark.parametrize("mode", ["monolithic"], indirect=True)
def test_the_kms_key_encrypts_the_state(process: Process) -> None:
    arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    process.start(ORDERS, DIVA_KMS_KEY_ARN=arn).invoke()
    bucket = process.bucket
    assert bucket.client.head_object(Bucket=bucket.name, Key=KEY)["SSEKMSKeyId"] == arn


def test_the_default_timeout_ends_a_hung_callback_and_the_next_invocation_knows_it(
    process: Process,
) -> None:
    process.start(DIVA_EVENT_TIMEOUT_SEC="1")
    process.logic.answers["detect orders"] = process.hang(seconds=1)
    assert process.results() == {"orders": "injected"}
    assert process.results() == {"orders": "timeout"}
    assert process.logic.calls == ["detect orders", "inject orders"]


def test_windows_of_the_module_hold_injection_and_alerts_back(process: Process) -> None:
    always = '[{"start": "00:00", "duration_min": 1440}]'
    process.start(DIVA_MAINTENANCE_WINDOWS=always).logic.answers["detect orders"] = False
    assert process.invoke()["results"] == {"orders": "maintenance"}
    assert process.logic.calls == ["detect orders"]


MANY = CALLBACKS + (
    "def get_events():\n"
    "    return {str(number): {'detect': detect, 'role': 'detect'} for number in range(1000)}\n"
)


@pytest.mark.parametrize("mode", ["monolithic"], indirect=True)
def test_the_garbage_collector_does_not_walk_the_events_of_a_period_over_and_over(
    process: Process,
) -> None:
    process.start(MANY)
    process.invoke()  # the first one imports, and creates clients and policies
    with collections() as counted:
        assert process.invoke()["healthy"] == 1000
    assert len(counted) <= 3  # with thresholds as Python sets them, about 20


@contextmanager
def collections() -> Iterator[list[int]]:
    """The generations that the garbage collector collects during a `with` block."""
    generations: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            generations.append(info["generation"])

    gc.callbacks.append(note)
    try:
        yield generations
    finally:
        gc.callbacks.remove(note)
