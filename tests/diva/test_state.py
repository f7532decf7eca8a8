"""The stored form of a state: exact in writing, tolerant in reading."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from diva.state import Claim, InvalidState, State, from_record, to_record

NOON = datetime(2026, 1, 1, 12, 0, 0, 250000, tzinfo=timezone.utc)

FULL = State(
    detection_failures=3,
    injection_failures=1,
    injected=True,
    alerted=True,
    cooldown_counter=2,
    in_warmup=True,
    warmup_counter=1,
    warmup_periods=4,
    healthy=False,
    failing_since=NOON,
    alerted_at=NOON,
    alert_claim=Claim("run", NOON),
    resolve_due=True,
    last_error="detect returned False",
)


def test_the_record_has_the_documented_fields_and_readable_times() -> None:
    assert to_record(FULL) == {
        "detection_failures": 3,
        "injection_failures": 1,
        "injected": True,
        "alerted": True,
        "cooldown_counter": 2,
        "in_warmup": True,
        "warmup_counter": 1,
        "warmup_periods": 4,
        "healthy": False,
        "failing_since": "2026-01-01T12:00:00.250+00:00",
        "alerted_at": "2026-01-01T12:00:00.250+00:00",
        "alert_claim": {"run_id": "run", "expires": "2026-01-01T12:00:00.250+00:00"},
        "resolve_due": True,
        "last_error": "detect returned False",
    }


@pytest.mark.parametrize("state", [State(), FULL])
def test_a_state_is_read_back_as_it_was_written(state: State) -> None:
    assert from_record(json.loads(json.dumps(to_record(state)))) == state


def test_missing_fields_are_defaults_and_unknown_ones_no_matter() -> None:
    record = {"detection_failures": 2, "from_a_later_version": [1, 2]}
    assert from_record(record) == State(detection_failures=2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("detection_failures", "3"),
        ("detection_failures", -1),
        ("detection_failures", True),
        ("detection_failures", 1.5),
        ("injected", 1),
        ("alerted", None),
        ("healthy", "yes"),
        ("failing_since", "yesterday"),
        ("failing_since", "2026-01-01T12:00:00"),
        ("alerted_at", 1767268800),
        ("alert_claim", "run"),
        ("alert_claim", {"run_id": "run"}),
        ("last_error", 7),
    ],
)
def test_a_field_of_the_wrong_type_is_named_with_what_was_found(field: str, value: object) -> None:
    with pytest.raises(InvalidState) as caught:
        from_record({field: value})
    assert str(caught.value) == f"{field} is {value!r}"
