"""Runs that overlap, in random interleavings: what is stored and delivered is always right.

Two processes of the same function, or a detect and an inject worker, run whole periods over
one state. Of their steps (reads, writes, callbacks, and what lies between) one is done at a
time, in an order that is drawn; time passes between them, and processes are killed. Every
state that is read or written must be what the reference makes of all that was seen, folded
in the order of the writes; every delivery must be due, and made once.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from cli.diva.file_store import FileStore
from diva import stores
from diva.report import log_corrupt_state
from diva.stores import Store
from diva.stores.s3 import S3Store
from local_aws import LocalAws
from tests.diva.places import Bucket, Table, new_bucket, new_table

from .plans import SAME, WORKERS, Function, Plan, plans
from .process import Between, Home
from .runs import Performance


@dataclass(frozen=True, slots=True)
class OneFile:
    """A local file for all events."""

    path: Path
    shared = True

    def store(self, event: str, between: Between) -> Store:
        return FileStore(self.path)


@dataclass(frozen=True, slots=True)
class FileEach:
    """A local file for each event."""

    folder: Path
    shared = False

    def store(self, event: str, between: Between) -> Store:
        return FileStore(self.folder / f"{event}.json")


@dataclass(frozen=True, slots=True)
class Object:
    """An S3 object for all events."""

    bucket: Bucket
    key: str
    shared = True

    def store(self, event: str, between: Between) -> Store:
        client: Any = _AskingAgain(self.bucket.client, between)
        return S3Store(client, self.bucket.name, self.key, log_corrupt_state)


@dataclass(frozen=True, slots=True)
class Items:
    """A DynamoDB item for each event."""

    table: Table
    shared = False

    def store(self, event: str, between: Between) -> Store:
        return self.table.store(event=event)


class _AskingAgain:
    """An S3 client of one run; what it reads after its first write is for a write, too."""

    def __init__(self, client: Any, between: Between) -> None:
        self._client = client
        self._between = between
        self._has_written = False

    def put_object(self, **parameters: Any) -> Any:
        self._has_written = True
        return self._client.put_object(**parameters)

    def get_object(self, **parameters: Any) -> Any:
        if self._has_written:
            self._between("read what is there")
        return self._client.get_object(**parameters)


NewHome = Callable[[], Home]
EXAMPLES = {"one file": 150, "a file each": 150, "s3": 80, "dynamodb": 75}


@pytest.fixture(params=EXAMPLES)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def new_home(kind: str, aws: LocalAws, tmp_path: Path) -> NewHome:
    """Makes homes that are empty at first."""
    if kind == "s3":
        bucket = new_bucket(aws)
        return lambda: Object(bucket, f"{uuid.uuid4().hex}.json")
    if kind == "dynamodb":
        return lambda: Items(new_table(aws))
    if kind == "one file":
        return lambda: OneFile(tmp_path / f"{uuid.uuid4().hex}.json")

    def new_folder() -> Home:
        folder = tmp_path / uuid.uuid4().hex
        folder.mkdir()
        return FileEach(folder)

    return new_folder


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a conflict be resolved at once: the schedule decides who is faster."""
    monkeypatch.setattr(stores, "LONGEST_PAUSE_SEC", 0.0)


@pytest.fixture(autouse=True)
def no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """What thousands of runs say would bury what went wrong in one."""
    monkeypatch.setattr(logging.getLogger("diva"), "disabled", True)


@pytest.mark.parametrize("casts", [SAME, WORKERS], ids=["same function", "detect and inject"])
def test_every_interleaving_is_one_run_after_the_other(
    kind: str,
    new_home: NewHome,
    casts: tuple[tuple[Function, ...], ...],
    counted: Callable[[str, int], None],
) -> None:
    perform(plans(casts), EXAMPLES[kind], new_home, counted)


@pytest.mark.parametrize("kind", ["a file each", "dynamodb"], indirect=True)
@pytest.mark.parametrize("casts", [SAME, WORKERS], ids=["same function", "detect and inject"])
def test_so_it_is_while_the_number_of_shards_changes(
    kind: str,
    new_home: NewHome,
    casts: tuple[tuple[Function, ...], ...],
    counted: Callable[[str, int], None],
) -> None:
    perform(plans(casts, sharded=True), EXAMPLES[kind] // 3, new_home, counted)


def perform(
    drawn: st.SearchStrategy[Plan],
    examples: int,
    new_home: NewHome,
    counted: Callable[[str, int], None],
) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(plan=drawn)
    def holds(plan: Plan) -> None:
        performance = Performance(plan, new_home())
        try:
            performance.perform()
        finally:
            note("\n".join(performance.scene.trace))
            counted("interleavings", 1)

    holds()
