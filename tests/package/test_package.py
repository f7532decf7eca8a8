"""The package of a function: its contents, and the sources that fail the build."""

from __future__ import annotations

import os
import random
import sys
import zipfile
from pathlib import Path

import pytest

from .builds import Build


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(tmp_path)


def test_the_package_contains_the_files_under_their_names(build: Build) -> None:
    build.add("diva/handler.py", "VALUE = 1\n")
    build.add("checks/data.json", "{}")
    assert build.contents() == {
        "checks/data.json": b"{}",
        "diva/handler.py": b"VALUE = 1\n",
        "event_logic.py": b"def get_events():\n    return {}\n",
    }


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    made = set()
    for mode, names in [(0o600, ("b.py", "a.py")), (0o644, ("a.py", "b.py"))]:
        build = Build(tmp_path / f"{mode:o}")
        for name in names:
            build.add(name, f"NAME = {name!r}\n").chmod(mode)
        build.contents()
        made.add(build.zip.read_bytes())
    assert len(made) == 1


def test_executable_files_stay_executable(build: Build) -> None:
    build.add("bin/script", "#!/bin/sh\n").chmod(0o700)
    build.add_bytes("bin/program", ARM64.encode("latin-1")).chmod(0o775)
    build.add("bin/readme.txt", "Run them.\n").chmod(0o664)
    folder = build.folder / "shared"
    build.write(folder / "tool", "#!/bin/sh\n").chmod(0o755)
    build.take_directory(folder, "shared")
    assert build.modes() == {
        "bin/program": 0o100755,
        "bin/readme.txt": 0o100644,
        "bin/script": 0o100755,
        "event_logic.py": 0o100644,
        "shared/tool": 0o100755,
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_only_the_bit_makes_a_file_executable(build: Build) -> None:
    build.add("bin/data", "no program\n").chmod(0o755)
    build.add("bin/script", "#!/bin/sh\n").chmod(0o644)
    modes = build.modes()
    assert modes["bin/data"] == 0o100755
    assert modes["bin/script"] == 0o100644


def test_twenty_thousand_files_are_packaged_and_compared_with_the_plan(build: Build) -> None:
    folder = build.folder / "many"
    names = [f"package_{number % 100}/module_{number}.py" for number in range(20_000)]
    for name in names:
        build.write(folder / name, f"NAME = {name!r}\n")
    build.take_directory(folder)
    contents = build.contents()
    assert list(contents) == sorted(["event_logic.py", *names])
    assert contents[names[-1]] == f"NAME = {names[-1]!r}\n".encode()


def test_the_package_does_not_depend_on_the_machine(build: Build) -> None:
    build.contents()
    with zipfile.ZipFile(build.zip) as archive:
        [item] = archive.infolist()
    assert item.date_time == (1980, 1, 1, 0, 0, 0)
    assert item.create_system == 3
    assert item.external_attr >> 16 == 0o100644
    assert item.compress_type == zipfile.ZIP_DEFLATED


def test_an_existing_package_is_replaced_and_no_temporary_file_is_left(build: Build) -> None:
    build.contents()
    build.add("late.py", "")
    assert list(build.contents()) == ["event_logic.py", "late.py"]
    assert list(build.zip.parent.iterdir()) == [build.zip]


def test_a_file_that_changed_since_the_plan_is_rejected(build: Build) -> None:
    path = build.add("late.py", "VALUE = 2\n", sha256="0" * 64)
    assert build.refusal() == f"{path} has changed since the plan was made. Plan and apply again."


def test_a_file_that_was_deleted_since_the_plan_is_rejected(build: Build) -> None:
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
def test_a_syntax_error_is_reported_with_its_file_and_line(
    build: Build, code: str, line: int
) -> None:
    path = build.add("broken.py", code)
    assert build.refusal().startswith(f"{path}, line {line}: ")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="this Python does not know except*")
def test_syntax_that_is_too_new_for_the_function_is_rejected(build: Build) -> None:
    path = build.add("modern.py", "try:\n    pass\nexcept* OSError:\n    pass\n")
    assert "modern.py" in build.contents(runtime="python3.11")
    assert build.refusal(runtime="python3.10").startswith(f"{path}, line ")


def test_other_files_than_python_are_not_parsed(build: Build) -> None:
    build.add("notes.txt", "def (:")
    assert "notes.txt" in build.contents()


def test_a_package_over_the_limit_for_direct_uploads_is_rejected(build: Build) -> None:
    build.add_bytes("large.bin", random.Random(1).randbytes(2**20))
    assert build.refusal(zipped_limit_mb=1, bucket_variable="s3_bucket") == (
        "A package that is uploaded directly must be at most 1 MB zipped, but this package is"
        " 1.1 MB. Set s3_bucket to upload it to a bucket."
    )
    assert list(build.zip.parent.iterdir()) == []
    assert "large.bin" in build.contents(zipped_limit_mb=None)


def test_what_counts_for_direct_uploads_is_the_size_of_the_zip(build: Build) -> None:
    build.add("large.txt", "x" * 2 * 2**20)
    assert "large.txt" in build.contents(zipped_limit_mb=1)


def test_a_package_over_the_limit_of_lambda_is_rejected(build: Build) -> None:
    build.add("data/large.txt", "x" * 2**20)
    build.add("small.txt", "x" * 100_000)
    assert build.refusal(unzipped_limit_mb=1, zipped_limit_mb=None).startswith(
        "The package must be at most 1 MB unzipped, but is 1.1 MB. Its largest parts are data"
        " (1.0 MB), small.txt (0.1 MB), event_logic.py (0.1 MB)."
    )


def elf(machine: int) -> str:
    """Return the ELF header of code that is compiled for a machine."""
    return f"\x7fELF\x02\x01\x01{chr(0) * 9}\x03\x00{chr(machine)}\x00"


ARM64, X86_64, RISC_V = elf(183), elf(62), elf(243)


@pytest.mark.parametrize(
    ("architecture", "name", "content", "found"),
    [
        ("arm64", "fast.cpython-313-x86_64-linux-gnu.so", X86_64, "x86_64"),
        ("x86_64", "fast.so.1", ARM64, "arm64"),
        ("arm64", "bin/tool", X86_64, "x86_64"),
        ("arm64", "fast.so", RISC_V, "another architecture (ELF machine 243)"),
        ("arm64", "fast.cpython-313-darwin.so", "\xcf\xfa\xed\xfe\x0c", "macOS"),
        ("x86_64", "fast.cp313-win_amd64.pyd", "MZ\x90", "Windows"),
    ],
)
def test_code_that_is_compiled_for_another_machine_is_rejected(
    build: Build, architecture: str, name: str, content: str, found: str
) -> None:
    build.target["architecture"] = architecture
    build.add_bytes(name, content.encode("latin-1"))
    assert (
        f"{name} must be compiled for {architecture} Linux, but is compiled for {found}."
        in build.refusal()
    )


@pytest.mark.parametrize(
    ("architecture", "name", "content"),
    [
        ("arm64", "fast.so", ARM64),
        ("x86_64", "fast.so", X86_64),
        ("arm64", "notes.txt", "MZ is how programs of Windows begin"),
        ("arm64", "Main.class", "\xca\xfe\xba\xbe"),
    ],
)
def test_other_files_are_packaged_unchanged(
    build: Build, architecture: str, name: str, content: str
) -> None:
    build.target["architecture"] = architecture
    build.add_bytes(name, content.encode("latin-1"))
    assert build.contents()[name] == content.encode("latin-1")


def test_compiled_code_in_a_wheel_is_checked(build: Build) -> None:
    build.wheel("fast", "py3-none-any", {"fast/core.so": elf(62)})
    build.require_wheels("fast")
    assert "fast/core.so must be compiled for arm64 Linux" in build.refusal()


def test_a_link_inside_the_directory_is_followed_and_one_to_the_outside_is_rejected(
    build: Build,
) -> None:
    folder = build.folder / "linked"
    build.write(folder / "main.py", "VALUE = 1\n")
    (folder / "inside.py").symlink_to("main.py")
    build.take_directory(folder)
    assert build.contents()["inside.py"] == b"VALUE = 1\n"

    outside = build.write(build.folder / "outside.py", "SECRET = 1\n")
    (folder / "link.py").symlink_to("../outside.py")
    assert (
        f"{folder / 'link.py'} must be inside {folder}, but resolves to {outside}."
        in build.refusal()
    )


def test_a_package_without_the_module_of_the_handler_is_rejected(build: Build) -> None:
    for module in ("event_logic", "diva/handler", "fast"):
        build.add(
            f"{module}.cpython-313-aarch64-linux-gnu.so" if module == "fast" else f"{module}.py", ""
        )
        assert build.contents(handler_module=module)
    assert build.refusal(handler_module="other/main") == (
        "The module of the handler must be in the package, but neither the sources nor the"
        " requirements contain other/main.py."
    )
