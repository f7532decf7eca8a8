"""The incidents in the state: when they begin and end, what they hold, and how they are stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.diva.file_store import FileStore
from diva.incidents import (
    LONGEST_ERROR,
    MOST,
    MOST_ERRORS,
    MOST_INJECTIONS,
    Incident,
    failed,
    recovered,
    to_list,
)
from diva.machine import Effect, Observation, Outcome, fold_delivery, fold_period, restored
from diva.policy import LONGEST_NAME_BYTES, Policy
from diva.redact import Redactor
from diva.state import Claim, State, from_record, to_record
from diva.stores import REMEMBERED_WRITES, Changes, Snapshot, merged
from diva.stores.dynamodb import KEY, VERSION, WRITES

from .stories import BEGIN, PERIOD, policy
from .world import World

OUTCOMES = {"+": Outcome.OK, "-": Outcome.FAILED, "!": Outcome.ERROR}
COOLDOWN = {"mode": "cooldown", "success_threshold": 2}


def minute(number: float) -> datetime:
    return BEGIN + timedelta(minutes=number)


def observed(text: str) -> Observation:
    """Return the observation in a text such as `-+`: not detected, injected; `.`: not called."""
    detection, injection, verification = (OUTCOMES.get(each) for each in text.ljust(3, ".")[:3])
    return Observation(
        detection,
        injection,
        verification=verification,
        error=f"because {text}" if "-" in text or "!" in text else None,
        inhibited="maintenance" if text.endswith("m") else None,
    )


def lived(
    policy: Policy, periods: str, state: State | None = None, delivered: bool = True
) -> State:
    """Return the state after `periods`, one each five minutes, and the delivery of what is due."""
    state = restored(policy, state)
    for number, text in enumerate(periods.split()):
        now = BEGIN + number * PERIOD
        claim = Claim(str(number), now + PERIOD / 2)
        state, effect = fold_period(policy, state, observed(text), now, claim)
        if effect:
            outcome = Outcome.OK if delivered else Outcome.ERROR
            moment = now + timedelta(seconds=1.5)
            state = fold_delivery(state, effect, outcome, claim.run_id, moment)
    return state


def told(state: State) -> list[tuple[object, ...]]:
    """Return the incidents with minutes since the beginning, without what is not set."""

    def minutes(time: datetime | None) -> float | None:
        return None if time is None else (time - BEGIN) / timedelta(minutes=1)

    return [
        (
            minutes(each.start),
            minutes(each.end),
            minutes(each.alerted_at) is not None,
            f"{each.injections_worked}/{each.injections}",
        )
        for each in state.incidents
    ]


@pytest.mark.parametrize(
    ("options", "periods", "expected"),
    [
        ({}, "+ + +", []),
        ({"max_failed_detections": 3}, "+ -+ - + +", [(5, 15, False, "1/1")]),
        ({"max_failed_detections": 2}, "+ -+ - - +", [(5, 20, True, "1/1")]),
        (
            {"max_failed_detections": 2},
            "-+ - + -+ +",
            [(0, 10, True, "1/1"), (15, 20, False, "1/1")],
        ),
        ({}, "+ --", [(5, None, True, "0/1")]),
        # The cooldown belongs to the incident, and so does a failure in it.
        ({"reset": COOLDOWN}, "-- + - + +", [(0, 20, True, "0/1")]),
        ({"reset": COOLDOWN}, "-- + - +", [(0, None, True, "0/1")]),
        # Failures in warmup do not count.
        ({"warmup": {"enabled": True}}, "- - -+ + +", []),
        ({"warmup": {"enabled": True, "max_periods": 3}}, "- - -", [(10, None, False, "0/0")]),
        # Success of the verification makes the period a success.
        ({}, "-++ +", []),
        ({"inject_each_period": True}, "-+ -++ +", [(0, 5, False, "2/2")]),
        ({"inject_each_period": True}, "-+ -+ -+ -+", [(0, None, True, "4/4")]),
        (
            {"max_failed_injections": 3, "max_failed_detections": 9},
            "-- -! -+ +",
            [(0, 15, False, "1/3")],
        ),
        ({}, "-m -m -m -m +", [(0, 20, False, "0/0")]),
        ({"role": "detect"}, "- - - +", [(0, 15, True, "0/0")]),
        # An event that nothing detects fails with its injections.
        ({"role": "inject"}, ".+ ...", []),
        ({"role": "inject"}, ".- .- .+ ...", [(0, 10, True, "1/3")]),
        ({"role": "inject", "reset": COOLDOWN}, ".- .+ .- .+ .+", [(0, 20, True, "3/5")]),
        ({"role": "inject", "warmup": {"enabled": True}}, ".- .- .+ .+", []),
    ],
)
def test_an_incident_is_from_the_first_failure_that_counts_to_the_reset(
    options: dict[str, Any], periods: str, expected: list[object]
) -> None:
    assert told(lived(policy(**options), periods)) == expected


def test_an_incident_has_the_first_delivery_in_whole_seconds_and_the_last_error() -> None:
    state = lived(policy(reminder_sec=300, role="detect"), "- - - ! -")
    [incident] = state.incidents
    assert incident == Incident(BEGIN, None, minute(10) + timedelta(seconds=1), 0, 0, "because -")


def test_an_alert_that_nobody_got_is_none() -> None:
    state = lived(policy(role="detect"), "- - - - -", delivered=False)
    assert [each.alerted_at for each in state.incidents] == [None]


def test_an_alert_that_arrives_late_is_that_of_the_incident_it_was_sent_for() -> None:
    events = policy()
    claim = Claim("slow", minute(20))
    failing, effect = fold_period(events, State(), observed("--"), minute(0), claim)
    assert effect is Effect.ALERT
    recovered, _ = fold_period(events, failing, observed("+"), minute(5), Claim("b", minute(9)))
    late = fold_delivery(recovered, effect, Outcome.OK, "slow", minute(6))
    [incident] = late.incidents
    assert (incident.end, incident.alerted_at) == (minute(5), minute(6))


def test_folding_again_over_a_fresher_state_counts_on_in_the_same_incident() -> None:
    detector, injector = policy(worker_role="detect"), policy(worker_role="inject")
    claim = Claim("run", minute(3))
    mine = observed(".+"), State(healthy=False, detection_failures=1, failing_since=minute(0))
    alone, _ = fold_period(injector, mine[1], mine[0], minute(1), claim)
    fresher = lived(detector, "-")
    again, _ = fold_period(injector, fresher, mine[0], minute(2), claim)
    assert told(again) == [(0, None, False, "1/1")]
    assert not alone.incidents  # nothing is made up of what another function has not recorded


def test_what_has_recovered_meanwhile_gets_no_incident_by_a_late_injection() -> None:
    state = lived(policy(worker_role="detect"), "- +")
    late, _ = fold_period(
        policy(worker_role="inject"), state, observed(".-"), minute(6), Claim("a", minute(9))
    )
    assert told(late) == [(0, 5, False, "0/0")]


def test_history_alone_is_no_reason_to_write(tmp_path: Path) -> None:
    for separate in (False, True):
        store = Counting(tmp_path / f"{separate}.json")
        world = World(tmp_path, separate, make_store=lambda _, store=store: store)  # type: ignore[misc]
        world.add("orders", max_failed_detections=1, max_failed_injections=1)
        world.answers["inject orders"] = world.answers["detect orders"] = False
        world.period()
        world.answers.clear()
        world.period()
        assert len(from_record(store.read().records["orders"]).incidents) == 1
        store.writes = store.reads = 0
        for _ in range(3):
            world.period()
        assert (store.reads, store.writes) == (3, 0)


class Counting(FileStore):
    reads = writes = 0

    def read(self) -> Snapshot:
        self.reads += 1
        return super().read()

    def write(self, snapshot: Snapshot, changes: Changes) -> Snapshot:
        self.writes += 1
        return super().write(snapshot, changes)


def test_the_latest_twenty_are_kept_and_the_latest_five_have_their_errors() -> None:
    state = lived(policy(), "- + " * (MOST + 3))
    assert [each.start for each in state.incidents] == [minute(10 * n) for n in range(3, MOST + 3)]
    errors = [each.error for each in state.incidents]
    assert errors == [None] * (MOST - MOST_ERRORS) + ["because -"] * MOST_ERRORS


def test_a_clock_that_is_set_back_leaves_the_incidents_in_order() -> None:
    state = lived(policy(), "- - +")
    again = lived(policy(), "- +", state)
    assert [(each.start, each.end) for each in again.incidents] == [
        (minute(0), minute(10)),
        (minute(10), minute(10)),
    ]
    stored = from_record(to_record(lived(policy(), "-", state)))
    assert len(stored.incidents) == 2


# Storage


def test_the_stored_form_is_compact() -> None:
    state = lived(policy(max_failed_detections=2), "- + -- - ")
    seconds = int(BEGIN.timestamp())
    assert to_record(state)["incidents"] == [
        [seconds, seconds + 300, None, 0, 0, "because -"],
        [seconds + 600, None, seconds + 601, 1, 0, "because -"],
    ]


def largest(error: str) -> State:
    """Return a state with all that it can hold, where every error is `error`."""
    incidents: Sequence[Incident] = ()
    for number in range(MOST + 2):
        incidents = failed(incidents, minute(number), minute(number), error)
        incidents = recovered(incidents, minute(number), None, minute(number + 1))
    return State(
        detection_failures=999_999,
        injection_failures=999_999,
        injected=True,
        alerted=True,
        cooldown_counter=9_999,
        in_warmup=True,
        warmup_counter=9_999,
        warmup_periods=9_999,
        healthy=False,
        failing_since=BEGIN,
        alerted_at=BEGIN,
        alert_claim=Claim("f" * 45, BEGIN),
        resolve_due=True,
        last_error=Redactor({})(error),
        incidents=[
            replace(each, injections=MOST_INJECTIONS, injections_worked=MOST_INJECTIONS)
            for each in incidents
        ],
    )


def size_in_dynamodb(value: object) -> int:
    """Return the size of an attribute's value as DynamoDB's documentation counts it, at most."""
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, bool) or value is None:
        return 1
    if isinstance(value, int):
        return 1 + (len(str(value)) + 1) // 2
    if isinstance(value, dict):
        return 3 + sum(size_in_dynamodb(n) + size_in_dynamodb(v) + 1 for n, v in value.items())
    assert isinstance(value, list)
    return 3 + sum(size_in_dynamodb(each) + 1 for each in value)


LONG_ERRORS = ["x" * 999, "é" * 999, "漢" * 999, "🔥" * 999, '"\\\n' * 333, "\0" * 999]


@pytest.mark.parametrize("error", LONG_ERRORS, ids=ascii)
def test_the_largest_history_takes_less_than_a_kilobyte_and_a_half(error: str) -> None:
    stored = to_record(largest(error))["incidents"]
    assert len(json.dumps({"incidents": stored}, separators=(",", ":"))) <= 1_500
    assert size_in_dynamodb({"incidents": stored}) <= 1_500
    assert isinstance(stored, list)
    assert [len(entry) for entry in stored] == [5] * (MOST - MOST_ERRORS) + [6] * MOST_ERRORS


@pytest.mark.parametrize(
    ("error", "name_bytes"), [("x" * 999, LONGEST_NAME_BYTES), ("漢" * 999, 1_500)]
)
def test_an_item_is_smaller_than_a_read_unit(error: str, name_bytes: int) -> None:
    writes = " ".join(["f" * 32] * REMEMBERED_WRITES)
    own = {KEY: "n" * name_bytes, VERSION: 999_999_999, WRITES: writes}
    item = {**own, **to_record(largest(error))}
    sizes = [size_in_dynamodb(name) + size_in_dynamodb(value) for name, value in item.items()]
    assert sum(sizes) <= 4_096


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_a_shortened_error_says_that_it_is_one(error: str) -> None:
    [incident] = failed((), BEGIN, None, error)
    assert incident.error is not None
    assert len(json.dumps(incident.error)) - 2 <= LONGEST_ERROR
    if incident.error != error:
        assert incident.error[-1] == "…"
        assert error.startswith(incident.error[:-1])


GOOD = [100, 200, 150, 2, 1, "why"]
READ = Incident(
    datetime.fromtimestamp(100, timezone.utc),
    datetime.fromtimestamp(200, timezone.utc),
    datetime.fromtimestamp(150, timezone.utc),
    2,
    1,
    "why",
)


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        "x",
        "123456",
        {},
        [],
        [300, 400, None, 1],
        ["300", 400, None, 1, 1],
        [300.5, 400, None, 1, 1],
        [True, 400, None, 1, 1],
        [None, 400, None, 1, 1],
        [400, 300, None, 1, 1],
        [-300, 400, None, 1, 1],
        [300, 10**30, None, 1, 1],
        [300, 400, "soon", 1, 1],
        [300, 400, None, -1, 1],
        [300, 400, None, 1, 1, 7],
        [150, 400, None, 1, 1],
        [300, None, None, 1, 1],
    ],
    ids=repr,
)
def test_a_malformed_entry_is_left_out(malformed: object) -> None:
    last = [500, 600, None, 0, 0]
    state = from_record({"detection_failures": 1, "incidents": [GOOD, malformed, last]})
    assert state == State(detection_failures=1)
    assert list(state.incidents)[:-1] == [READ]
    assert to_list(state.incidents) == [GOOD, last]


@pytest.mark.parametrize("value", [None, 7, "incidents", {"start": 1}, True])
def test_a_history_that_is_no_list_is_none(value: object) -> None:
    state = from_record({"healthy": True, "incidents": value})
    assert (state, len(state.incidents)) == (State(healthy=True), 0)


def test_fields_that_a_later_version_adds_to_an_incident_do_not_matter() -> None:
    assert list(from_record({"incidents": [[*GOOD, "later", [1]]]}).incidents) == [READ]


# The rules by which version 0.1.0 reads a record.
FIRST_VERSION: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(
        ("detection_failures", "injection_failures", "cooldown_counter", "warmup_counter"),
        lambda value: type(value) is int and value >= 0,
    ),
    "warmup_periods": lambda value: type(value) is int and value >= 0,
    **dict.fromkeys(
        ("injected", "alerted", "in_warmup", "resolve_due"), lambda value: type(value) is bool
    ),
    "healthy": lambda value: value in (True, False, None),
    **dict.fromkeys(
        ("failing_since", "alerted_at"),
        lambda value: value is None or datetime.fromisoformat(value).tzinfo is not None,
    ),
    "alert_claim": lambda value: value is None or {"run_id", "expires"} <= value.keys(),
    "last_error": lambda value: value is None or type(value) is str,
}


def as_first_version(record: Mapping[str, object]) -> dict[str, object]:
    """Return the fields that the first version knows, as it would write them."""
    known = {name: value for name, value in record.items() if name in FIRST_VERSION}
    assert all(is_right(known[name]) for name, is_right in FIRST_VERSION.items() if name in known)
    return known


def test_the_first_version_reads_and_keeps_what_is_written_now() -> None:
    state = lived(policy(), "-- + -- -")
    record = to_record(state)
    assert from_record(as_first_version(record)) == state
    beside = merged(Snapshot({"event": record}), {"event": as_first_version(record)})["event"]
    assert list(from_record(beside).incidents) == list(state.incidents)


def test_what_the_first_version_ended_is_left_out_and_what_it_began_is_joined() -> None:
    record = to_record(lived(policy(), "- + -"))
    ended = merged(Snapshot({"event": record}), {"event": as_first_version(to_record(State()))})
    assert told(from_record(ended["event"])) == [(0, 5, False, "0/0")]
    begun = as_first_version(to_record(lived(policy(), "+ + + + - --")))
    again = from_record(merged(Snapshot(ended), {"event": begun})["event"])
    assert told(again) == [(0, 5, False, "0/0")]
    now = minute(30)
    failing, _ = fold_period(policy(), again, observed("-"), now, Claim("a", now))
    assert told(failing)[1:] == [(20, None, True, "0/0")]
    recovered, _ = fold_period(policy(), again, observed("+"), now, Claim("a", now))
    assert told(recovered)[1:] == [(20, 30, True, "0/0")]


WORDS = ["+", "-", "-+", "--", "-++", "-m", ".+", ".-", "..."]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([None, "detect", "inject"]),
    st.sampled_from([{"mode": "fast"}, COOLDOWN]),
    st.booleans(),
    st.lists(
        st.tuples(
            st.sampled_from(WORDS),
            st.integers(-400, 900),
            st.sampled_from(["", "sent", "fails", "late"]),
            st.booleans(),
        ),
        max_size=60,
    ),
)
def test_incidents_are_in_order_whatever_happens(
    worker_role: str | None,
    reset: dict[str, object],
    warmup: bool,
    periods: list[tuple[str, int, str, bool]],
) -> None:
    events = policy(
        worker_role,
        role="inject" if worker_role == "inject" else "both",
        max_failed_detections=2,
        reset=reset,
        warmup={"enabled": warmup, "max_periods": 3},
    )
    state, now = restored(events, None), BEGIN
    late: list[tuple[Effect, str]] = []
    for number, (word, seconds, delivery, first_version) in enumerate(periods):
        now += timedelta(seconds=seconds)
        claim = Claim(str(number), now + timedelta(minutes=1))
        before = state
        state, effect = fold_period(events, state, observed(word), now, claim)
        for sent, run in [*late, *([(effect, claim.run_id)] if effect else [])]:
            if delivery == "late":
                late.append((sent, run))
            elif delivery:
                outcome = Outcome.OK if delivery == "sent" else Outcome.ERROR
                state = fold_delivery(state, sent, outcome, run, now)
        late = late[-2:] if delivery == "late" else []
        if state != before and first_version:  # which drops nothing, and knows no incidents
            record = {**to_record(before), **as_first_version(to_record(state))}
            state = from_record(json.loads(json.dumps(record)))
        in_order(state)
        read = from_record(json.loads(json.dumps(to_record(state))))
        assert (read, list(read.incidents)) == (state, list(state.incidents))
        in_order(read)


def in_order(state: State) -> None:
    assert len(state.incidents) <= MOST
    for each, after in zip(state.incidents, state.incidents[1:], strict=False):
        assert each.end is not None
        assert each.start <= each.end <= after.start
    for each in state.incidents:
        assert 0 <= each.injections_worked <= each.injections
        assert each.alerted_at is None or each.alerted_at >= each.start
    lasts = bool(state.incidents) and state.incidents[-1].end is None
    assert not lasts or state.failing_since is not None
