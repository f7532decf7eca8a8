"""Whole periods that begin with state that is corrupt, not there, or of another version."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from diva.stores import document
from local_aws import LocalAws

from . import stored
from .faulty_aws import Fault, FaultyAws, lost_answer, lost_request, no_list_bucket
from .kill import kill
from .lives import LIVES, NEW, RECORDED, SAVED, SEED
from .trial import SAVE, Trial, seeds

DOCUMENTED = (
    "detection_failures",
    "injection_failures",
    "injected",
    "alerted",
    "cooldown_counter",
    "in_warmup",
    "warmup_counter",
)
"""The fields of the first version."""
WHOLE = document.encode(seeds())
CORRUPT = {
    "empty": b"",
    "no JSON": b"<html>",
    "no text": b"\xff\xfe\x00",
    "truncated": WHOLE[: len(WHOLE) // 2],
    "a list": b"[]",
    "an event that is no object": WHOLE.replace(b'{"alerting":{', b'{"odd":7,"alerting":{'),
}
WRONG: dict[str, dict[str, Any]] = {
    "a text for a number": {"detection_failures": "1"},
    "a number below zero": {"detection_failures": -1},
    "null for a number": {"injection_failures": None},
    "a number for a flag": {"alerted": 1},
    "no time": {"failing_since": "yesterday"},
    "a claim that is none": {"alert_claim": "run"},
    "a claim without its end": {"alert_claim": {"run_id": "run"}},
}


@pytest.mark.parametrize("mode", ["monolithic"], indirect=True)
@pytest.mark.parametrize("body", CORRUPT.values(), ids=CORRUPT)
def test_a_corrupt_document_is_kept_and_every_event_begins_anew(
    trial: Trial, body: bytes, counted: Callable[..., None]
) -> None:
    bucket = trial.process.bucket
    bucket.put_bytes(body)
    trial.begin({}, lives=NEW)
    assert trial.period() is None
    counted("faults")
    [kept] = [key for key in bucket.all_keys() if ".corrupt-" in key]
    assert bucket.bytes(kept) == body
    trial.settle(expected=RECORDED)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_field_of_the_wrong_type_sets_back_its_event_and_no_other(
    trial: Trial, wrong: dict[str, Any], counted: Callable[..., None]
) -> None:
    records = seeds()
    records["alerting"] |= wrong
    trial.begin(records, lives={**LIVES, "alerting": NEW["alerting"]})
    assert trial.period() is None
    counted("faults")
    trial.settle(expected=RECORDED)


def test_state_of_the_first_version_is_read_on(trial: Trial, counted: Callable[..., None]) -> None:
    records = {
        name: {field: record[field] for field in DOCUMENTED} for name, record in seeds().items()
    }
    trial.begin(records, lives={**LIVES, "healthy": NEW["healthy"]})
    assert trial.period() is None
    counted("faults")
    trial.settle(expected=RECORDED)


def test_fields_of_a_later_version_outlive_the_periods_of_this_one(
    trial: Trial, counted: Callable[..., None]
) -> None:
    later = {"from_later": {"list": [1, "two", None]}, "severity": "high"}
    trial.begin({name: {**record, **later} for name, record in seeds().items()})
    assert trial.period() is None
    counted("faults")
    trial.settle(expected=RECORDED)
    for name, record in stored.records(trial.process).items():
        assert {field: record[field] for field in later} == later, name


@pytest.mark.parametrize("mode", ["distributed"], indirect=True)
@pytest.mark.parametrize("version", [None, "seven", {"a": 1}])
def test_an_item_with_an_odd_version_is_read_on(
    trial: Trial, version: object, counted: Callable[..., None]
) -> None:
    records = seeds()
    records["alerting"]["version"] = version
    trial.begin(records)
    assert trial.period() is None
    counted("faults")
    trial.settle(expected=RECORDED)


@pytest.mark.parametrize(
    ("fault", "times", "failed", "stage"),
    [
        (lost_request, 1, False, RECORDED),
        (lost_request, math.inf, True, SEED),
        (lost_answer, 1, False, RECORDED),
        (lost_answer, math.inf, True, SAVED),
    ],
    ids=["lost request", "lost requests", "lost answer", "lost answers"],
)
def test_the_very_first_save_can_fail_as_any_other(
    trial: Trial,
    aws: LocalAws,
    fault: Fault,
    times: float,
    failed: bool,
    stage: str,
    counted: Callable[..., None],
) -> None:
    with FaultyAws(aws.endpoint) as way:
        trial.begin({}, lives=NEW, AWS_ENDPOINT_URL=way.endpoint)
        trial.spoil(way, SAVE, fault, times)
        reason = trial.period()
        trial.mend(way)
        counted("faults")
        assert (reason is not None) is failed
        trial.settle(reason, stage)


@pytest.mark.parametrize("mode", ["monolithic"], indirect=True)
@pytest.mark.parametrize("fault", [lost_request, lost_answer])
def test_the_creation_of_a_document_that_may_not_be_looked_for_can_fail_as_any_other_write(
    trial: Trial, aws: LocalAws, fault: Fault, counted: Callable[..., None]
) -> None:
    with FaultyAws(aws.endpoint) as way:
        trial.begin({}, lives=NEW, AWS_ENDPOINT_URL=way.endpoint)
        way.always("GetObject", no_list_bucket)
        way.next("PutObject", fault)
        assert trial.period() is None
        counted("faults")
        trial.settle(expected=RECORDED)


@pytest.mark.parametrize(("point", "stage"), [("request", SEED), ("answer", SAVED)])
def test_a_kill_at_the_very_first_save_loses_nothing(
    trial: Trial, aws: LocalAws, point: str, stage: str, counted: Callable[..., None]
) -> None:
    trial.begin({}, lives=NEW)
    kill(trial, aws, f"save {point}", "alerting")
    counted("faults")
    assert trial.stages()["alerting"] == stage
    trial.settle("killed")
