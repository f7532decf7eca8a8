"""The package of a function: what it holds, and what is refused."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest
from packages import Build


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(tmp_path)


def test_the_package_holds_the_files_under_their_names(build: Build) -> None:
    build.add("diva/handler.py", "VALUE = 1\n")
    build.add("checks/data.json", "{}")
    assert build.contents() == {
        "checks/data.json": b"{}",
        "diva/handler.py": b"VALUE = 1\n",
        "event_logic.py": b"def get_events():\n    return {}\n",
    }


def test_the_same_files_make_the_same_bytes(tmp_path: Path) -> None:
    made = set()
    for mode, names in [(0o600, ("b.py", "a.py")), (0o755, ("a.py", "b.py"))]:
        build = Build(tmp_path / f"{mode:o}")
        for name in names:
            build.add(name, f"NAME = {name!r}\n").chmod(mode)
        build.contents()
        made.add(build.zip.read_bytes())
    assert len(made) == 1


def test_nothing_of_the_machine_is_in_the_package(build: Build) -> None:
    build.contents()
    with zipfile.ZipFile(build.zip) as archive:
        [item] = archive.infolist()
    assert item.date_time == (1980, 1, 1, 0, 0, 0)
    assert item.create_system == 3
    assert item.external_attr >> 16 == 0o100644
    assert item.compress_type == zipfile.ZIP_STORED, "compressors differ between machines"


def test_a_package_that_is_there_is_replaced_and_nothing_is_left_beside_it(build: Build) -> None:
    build.contents()
    build.add("late.py", "")
    assert list(build.contents()) == ["event_logic.py", "late.py"]
    assert list(build.zip.parent.iterdir()) == [build.zip]


def test_a_file_that_changed_since_the_plan_is_refused(build: Build) -> None:
    path = build.add("late.py", "VALUE = 2\n", sha256="0" * 64)
    assert build.refusal() == f"{path} has changed since it was planned. Plan and apply again."


def test_a_file_that_went_since_the_plan_is_refused(build: Build) -> None:
    path = build.add("late.py", "VALUE = 2\n")
    path.unlink()
    assert build.refusal() == f"{path} cannot be read: No such file or directory."


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("def get_events():\n    return {\n", 2),
        ("VALUE = 1\n\nreturn VALUE\n", 3),
        ("print 'hello'\n", 1),
        ("VALUE = '\0'\n", 1),
    ],
)
def test_a_syntax_error_is_refused_with_its_file_and_line(
    build: Build, code: str, line: int
) -> None:
    path = build.add("broken.py", code)
    assert build.refusal().startswith(f"{path}, line {line}: ")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="this Python does not know except*")
def test_syntax_that_the_functions_python_does_not_know_is_refused(build: Build) -> None:
    path = build.add("modern.py", "try:\n    pass\nexcept* OSError:\n    pass\n")
    assert "modern.py" in build.contents(runtime="python3.11")
    assert build.refusal(runtime="python3.10").startswith(f"{path}, line ")


def test_a_file_that_is_no_python_is_not_parsed(build: Build) -> None:
    build.add("notes.txt", "def (:")
    assert "notes.txt" in build.contents()


def test_a_package_over_the_limit_is_refused(build: Build) -> None:
    build.add("large.bin", "x" * 2**20)
    assert build.refusal(limit_mb=1) == (
        "The package has 1.0 MB, and Lambda takes 1 MB this way. Up to 250 MB go through a bucket"
        " (package_s3_bucket)."
    )
    assert list(build.zip.parent.iterdir()) == []
