"""Shards: each event is in one of them, and is judged as if there was only one."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diva import report
from diva.engine import Engine
from diva.handler import PeriodFailed
from diva.machine import is_failing
from diva.period import Invocation, Period
from diva.policy import Policies, read_policies
from diva.pool import Pool
from diva.redact import Redactor
from diva.shard import WHOLE, InvalidShard, Shard, read_shard
from diva.state import State, from_record
from diva.stores import Changes, Conflict, Snapshot, merged
from local_aws import LocalAws

from .clocks import ManualClock
from .lambda_process import CALLBACKS, Process, process_of

NAMES = [f"event {number}" for number in range(9)]
MANY = CALLBACKS + (
    "def get_events():\n"
    "    return {f'event {n}': {'detect': detect, 'role': 'detect', 'alert': alert,\n"
    "                           'max_failed_detections': 1} for n in range(9)}\n"
)


@given(st.lists(st.text(min_size=1).filter(str.isprintable), unique=True), st.integers(1, 40))
def test_each_event_is_in_one_shard(names: list[str], count: int) -> None:
    events = dict.fromkeys(names, "policy")
    parts = [Shard(index, count).of(events) for index in range(count)]
    found = Counter(name for part in parts for name in part)
    assert found == Counter(names)


def test_ten_thousand_events_are_spread_evenly() -> None:
    events = {f"customer-{number:05}": number for number in range(10_000)}
    sizes = [len(Shard(index, 16).of(events)) for index in range(16)]
    assert sum(sizes) == 10_000
    assert 0.85 * 625 < min(sizes) <= max(sizes) < 1.15 * 625


@pytest.mark.parametrize("event", [None, {}, [], "shard", {"source": "aws.events"}])
def test_an_invocation_that_names_no_shard_is_for_all_events(event: object) -> None:
    assert read_shard(event, "monolithic") == read_shard(event, "distributed") == WHOLE


@pytest.mark.parametrize(
    "shard",
    [
        None,
        1,
        "0/2",
        [0, 2],
        {},
        {"index": 0},
        {"index": 0, "count": 2, "of": 3},
        {"index": "0", "count": 2},
        {"index": 0.0, "count": 2},
        {"index": False, "count": True},
        {"index": -1, "count": 2},
        {"index": 2, "count": 2},
        {"index": 0, "count": 0},
    ],
    ids=str,
)
def test_a_malformed_shard_fails_plainly(shard: object) -> None:
    with pytest.raises(InvalidShard) as caught:
        read_shard({"shard": shard}, "distributed")
    assert str(caught.value) == (
        f'shard is {shard!r}; it must be an object such as {{"index": 0, "count": 4}} of whole '
        "numbers, with an index from 0 to count - 1"
    )


@pytest.fixture
def distributed(
    aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Process]:
    with process_of("distributed", aws, tmp_path, monkeypatch) as process:
        yield process


def test_shards_that_share_a_document_are_refused(
    aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with process_of("monolithic", aws, tmp_path, monkeypatch) as process:
        process.start(MANY)
        with pytest.raises(InvalidShard, match="DIVA_MODE is 'monolithic'; it must be 'distrib"):
            process.invoke(shard={"index": 0, "count": 2})
        assert not process.requests
        assert process.invoke()["events"] == len(NAMES)


def test_each_shard_runs_its_events_alone(
    distributed: Process, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    distributed.start(MANY)
    results = []
    for index in range(4):
        before = len(distributed.logic.calls)
        result = distributed.invoke(shard={"index": index, "count": 4})
        results.append(result)
        own = [f"detect {name}" for name in result["results"]]
        assert sorted(distributed.logic.calls[before:]) == sorted(own)
        assert result["shard"] == {"index": index, "count": 4}
        assert result["events"] == result["healthy"] == len(own)
        assert result["not_run"] == 0
    assert Counter(name for each in results for name in each["results"]) == Counter(NAMES)
    assert f"Running shard index 3 of 4, with {results[3]['events']} events" in caplog.messages
    assert f"Run {results[3]['run_id']} (shard index 3 of 4): " in caplog.messages[-1]
    lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["Shard"] for line in lines] == [0, 1, 2, 3]
    assert {tuple(line["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]) for line in lines} == {
        ("FunctionName",)
    }


def test_an_invocation_by_hand_runs_all_events(distributed: Process) -> None:
    result = distributed.start(MANY).invoke()
    assert set(result["results"]) == set(NAMES)
    assert "shard" not in result


def test_an_invalid_event_fails_its_shard_alone(distributed: Process) -> None:
    distributed.start(MANY.replace("range(9)}", "range(9)} | {'wrong': {}, 7: {}}"))
    failed = {}
    for index in range(4):
        try:
            distributed.invoke(shard={"index": index, "count": 4})
        except PeriodFailed as error:
            failed[index] = str(error)
    [of_wrong] = [index for index, text in failed.items() if "event 'wrong': role 'both'" in text]
    assert Shard(of_wrong, 4).of({"wrong": {}})
    assert "event 7: its name must be a string" in failed[0]
    assert failed.keys() == {0, of_wrong}
    assert len(distributed.logic.calls) == len(NAMES)


DEPENDENT = CALLBACKS + (
    "def get_events():\n"
    "    both = {'detect': detect, 'role': 'detect', 'alert': alert, 'max_failed_detections': 1}\n"
    "    return {'root': both, 'middle': {**both, 'depends_on': ('root',)},\n"
    "            'leaf': {**both, 'depends_on': ['middle', 'nowhere', 7]},\n"
    "            'strange': {**both, 'depends_on': 'root'}, 'none': None,\n"
    "            'child': {**both, 'depends_on': ['none']}}\n"
)


def test_what_events_depend_on_is_known_in_every_shard(distributed: Process) -> None:
    distributed.start(DEPENDENT)
    events = distributed.logic.get_events()
    of_all = read_policies(events)
    assert of_all.valid.keys() == {"root", "middle", "child"}
    for count in range(1, 6):
        for index in range(count):
            shard = Shard(index, count)
            policies = read_policies(shard.with_causes(events))
            valid, invalid = filter(shard.has, policies.valid), filter(shard.has, policies.invalid)
            assert set(valid) == set(shard.of(of_all.valid))
            assert set(invalid) == set(filter(shard.has, of_all.invalid))
            invocation = Invocation("run", "function", 60.0, shard)
            result = report.result("distributed", policies, Period(invocation, {}, {}, 0.0, 0.0))
            assert result["results"] == {
                name: "not_run" if name in of_all.valid else "invalid" for name in shard.of(events)
            }


def test_a_malformed_shard_fails_before_anything_is_called(distributed: Process) -> None:
    distributed.start(MANY)
    with pytest.raises(InvalidShard):
        distributed.invoke(shard={"index": 4, "count": 4})
    assert not distributed.logic.calls
    assert not distributed.requests


# A change of the number

PARENTS = {"child": ["root"], "leaf": ["child", "other"]}
EVENTS = ["root", "other", "child", "leaf", "alone"]


class Item:
    """The state of one event in memory, written under the condition of its version."""

    def __init__(self) -> None:
        self.snapshot = Snapshot({})
        self.writes = 0

    def read(self) -> Snapshot:
        return self.snapshot

    def write(self, snapshot: Snapshot, changes: Changes) -> Snapshot:
        if snapshot.version != self.snapshot.version:
            raise Conflict
        self.writes += 1
        self.snapshot = Snapshot(merged(snapshot, changes), self.writes)
        return self.snapshot


class Table:
    """Events with dependencies, run in shards whose number changes from period to period."""

    def __init__(self, workers: tuple[str | None, ...]) -> None:
        self.items = {name: Item() for name in EVENTS}
        self.answers: dict[str, bool] = {}
        self.sent: list[tuple[str, str]] = []
        self.injected: list[str] = []
        self.workers = workers
        self.clock = ManualClock()
        self.runs = 0

    def state(self, name: str) -> State:
        record = self.items[name].snapshot.records.get(name)
        return from_record(record) if record else State()

    def policies(self, worker_role: str | None) -> Policies:
        def told(message: str, context: Any) -> None:
            self.sent.append((context.event, context.kind))

        def inject(name: str) -> bool:
            self.injected.append(name)
            return False

        return read_policies(
            {
                name: {
                    "detect": lambda name: self.answers[name],
                    "inject": inject,
                    "alert": told,
                    "resolve": told,
                    "max_failed_detections": 2,
                    "max_failed_injections": 9,
                    "depends_on": PARENTS.get(name, []),
                }
                for name in EVENTS
            },
            worker_role=worker_role,
        )

    def run(self, shard: Shard, worker_role: str | None) -> dict[str, str]:
        """Run one shard in a process of its own, and return the status of each of its events."""
        self.runs += 1
        engine = Engine(Pool(4, self.clock), Redactor({}))
        policies = self.policies(worker_role)
        invocation = Invocation(f"run-{self.runs}", "function", 60.0, shard)
        period = engine.run_separate(policies, self.items.__getitem__, invocation)
        assert not period.errors
        statuses = report.result("distributed", policies, period)["results"]
        assert isinstance(statuses, dict)
        return statuses


answers = st.fixed_dictionaries({name: st.booleans() for name in EVENTS})
number_of_shards = st.integers(1, 5).flatmap(
    lambda count: st.permutations([Shard(index, count) for index in range(count)])
)


@pytest.mark.parametrize("workers", [(None,), ("detect", "inject")], ids=["both", "by role"])
def test_a_change_of_their_number_loses_no_counter_and_sends_nothing_twice(
    workers: tuple[str | None, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("diva"), "disabled", True)

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.tuples(answers, number_of_shards), max_size=6))
    def holds(periods: list[tuple[dict[str, bool], list[Shard]]]) -> None:
        table = Table(workers)
        failures = dict.fromkeys(EVENTS, 0)
        for table.answers, shards in periods:
            for worker_role in workers:
                for shard in shards:
                    check_run(table, shard, worker_role)
            for name, healthy in table.answers.items():
                failures[name] = 0 if healthy else failures[name] + 1
                assert table.state(name).detection_failures == failures[name]
        for name in EVENTS:
            kinds = [kind for event, kind in table.sent if event == name]
            assert kinds == (["alert", "resolution"] * len(kinds))[: len(kinds)]

    holds()


def check_run(table: Table, shard: Shard, worker_role: str | None) -> None:
    """Run a shard: an event is inhibited if a parent fails, by its stored state if elsewhere."""
    before = {name: table.state(name) for name in EVENTS}
    table.sent, sent = [], table.sent
    table.injected = []
    statuses = table.run(shard, worker_role)
    assert statuses.keys() == shard.of(table.answers).keys()
    detects = worker_role != "inject"
    policy = table.policies(None).valid["alone"]
    for name in statuses:
        failing = not table.answers[name] if detects else is_failing(policy, before[name])
        causes = [
            parent
            for parent in PARENTS.get(name, [])
            if (
                not table.answers[parent]
                if detects and parent in statuses
                else is_failing(policy, before[parent])
            )
        ]
        if failing and causes:
            assert statuses[name] == f"blocked ({causes[0]})"
            assert name not in table.injected
            assert (name, "alert") not in table.sent
        elif failing:
            assert not statuses[name].startswith("blocked")
            assert (name in table.injected) == (worker_role != "detect")
    table.sent = sent + table.sent
