"""State in a local file: replaced as a whole, never half-written."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from cli.diva.file_store import FileStore
from diva.stores import StoreError
from tests.diva.places import EVENT

ONE = {EVENT: {"detection_failures": 1}}
TWO = {EVENT: {"detection_failures": 2}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.json"


def test_the_file_has_the_form_of_the_s3_object(path: Path) -> None:
    store = FileStore(path)
    store.write(store.read(), {**ONE, "gone": {"injected": True}})
    store.write(store.read(), {"gone": None})
    assert json.loads(path.read_text()) == ONE


def test_somebody_who_reads_during_a_write_sees_the_old_or_the_new_file(path: Path) -> None:
    store = FileStore(path)
    store.write(store.read(), ONE)
    with path.open() as reading:
        store.write(store.read(), TWO)
        assert json.loads(reading.read()) == ONE
    assert json.loads(path.read_text()) == TWO


def test_nothing_is_left_beside_the_file_that_another_run_would_take_for_state(path: Path) -> None:
    store = FileStore(path)
    store.write(store.read(), ONE)
    assert [each for each in path.parent.iterdir() if not each.name.startswith(".")] == [path]
    assert len(list(path.parent.iterdir())) <= 2  # a lock may stay


@pytest.mark.parametrize("body", [b"", b"state", b"[]", b'{"orders": 1}', b"\xff", b"[" * 200_000])
def test_a_corrupt_file_is_kept_aside_before_anything_is_written(
    path: Path, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    path.write_bytes(body)
    store = FileStore(path)
    snapshot = store.read()
    assert snapshot.records == {}
    (kept,) = path.parent.glob("state.json.corrupt-*")
    assert kept.read_bytes() == path.read_bytes() == body
    (line,) = caplog.records
    assert line.levelno == logging.ERROR
    assert f"State file {path} is corrupt: " in line.getMessage()
    assert str(kept) in line.getMessage()
    assert store.write(snapshot, ONE).records == ONE
    assert kept.read_bytes() == body


def test_a_corrupt_file_that_cannot_be_kept_is_an_error_and_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / ("long" * 60)  # no room for a longer name beside it
    path.write_bytes(b"corrupt")
    with pytest.raises(StoreError, match="longlong"):
        FileStore(path).read()
    assert path.read_bytes() == b"corrupt"


def test_a_folder_that_does_not_exist_is_an_error_of_the_write(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "none" / "state.json")
    with pytest.raises(StoreError, match=r"none.state\.json could not be written"):
        store.write(store.read(), ONE)


def test_what_is_no_file_is_no_missing_state(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=f"{tmp_path.name} could not be read"):
        FileStore(tmp_path).read()
