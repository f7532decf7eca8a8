"""Requirements in a package: wheels for the function's platform, on any machine."""

from __future__ import annotations

import os
import venv
from pathlib import Path

import pytest

from .builds import Build

PURE = "py3-none-any"
ELF_MACHINES = {"arm64": 183, "x86_64": 62}


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(tmp_path)


def modules(build: Build, **target: str) -> list[str]:
    """Return the names of the files in the package, without the metadata of wheels."""
    return [name for name in build.contents(**target) if ".dist-info/" not in name]


@pytest.mark.parametrize("architecture", ELF_MACHINES)
def test_a_compiled_package_has_the_architecture_of_the_function(
    build: Build, architecture: str
) -> None:
    build.require("markupsafe==3.0.2")
    contents = build.contents(architecture=architecture)
    [library] = [content for name, content in contents.items() if name.endswith(".so")]
    assert library[:4] == b"\x7fELF"
    assert int.from_bytes(library[18:20], "little") == ELF_MACHINES[architecture]
    assert "markupsafe/__init__.py" in contents


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
@pytest.mark.parametrize("python", ["3.10", "3.14"])
def test_the_wheel_for_the_platform_of_the_function_is_installed(
    build: Build, architecture: str, python: str
) -> None:
    for version in ("310", "314"):
        for name, machine in {"arm64": "aarch64", "x86_64": "x86_64"}.items():
            tag = f"cp{version}-cp{version}-manylinux2014_{machine}"
            build.wheel("fast", tag, {f"fast_{version}_{name}.so": ""})
    build.require_wheels("fast")
    expected = f"fast_{python.replace('.', '')}_{architecture}.so"
    assert modules(build, architecture=architecture, runtime=f"python{python}") == [
        "event_logic.py",
        expected,
    ]


@pytest.mark.parametrize(
    ("python", "architecture", "expected"),
    [
        ("3.10", "arm64", ["on_arm", "on_linux", "on_old"]),
        ("3.14", "x86_64", ["on_linux", "on_new"]),
    ],
)
def test_markers_are_evaluated_for_the_platform_of_the_function(
    build: Build, python: str, architecture: str, expected: list[str]
) -> None:
    markers = {
        "on_arm": "platform_machine == 'aarch64'",
        "on_linux": "sys_platform == 'linux' and os_name == 'posix'",
        "on_new": "python_version >= '3.14'",
        "on_old": "python_version < '3.11'",
        "on_mac": "platform_system == 'Darwin'",
        "on_windows": "sys_platform == 'win32'",
    }
    for name in markers:
        build.wheel(name, PURE, {f"{name}.py": ""})
    build.wheel("main", PURE, {"main.py": ""}, *(f"{n}; {markers[n]}" for n in markers))
    build.require_wheels("main")
    found = modules(build, runtime=f"python{python}", architecture=architecture)
    assert found == ["event_logic.py", "main.py", *(f"{name}.py" for name in expected)]


@pytest.mark.parametrize(("python", "glibc"), [("3.11", "2_26"), ("3.12", "2_34")])
def test_a_wheel_can_require_the_glibc_of_the_runtime(
    build: Build, python: str, glibc: str
) -> None:
    version = python.replace(".", "")
    build.wheel("new", f"cp{version}-cp{version}-manylinux_{glibc}_aarch64", {"new.so": ""})
    build.require_wheels("new")
    assert "new.so" in modules(build, runtime=f"python{python}")


def test_a_wheel_that_requires_a_newer_glibc_is_rejected(build: Build) -> None:
    build.wheel("new", "cp311-cp311-manylinux_2_28_aarch64", {"new.so": ""})
    build.require_wheels("new")
    assert "found no wheel of new for Python 3.11" in build.refusal(runtime="python3.11")


def test_only_importable_files_of_a_wheel_are_packaged(build: Build) -> None:
    files = {
        "tool/__init__.py": "",
        "tool-1.data/purelib/pure.py": "",
        "tool-1.data/platlib/native.so": "",
        "tool-1.data/scripts/tool": "#!python\n",
        "tool-1.data/data/share/manual": "",
    }
    build.wheel("tool", PURE, files)
    build.require_wheels("tool")
    assert list(build.contents()) == [
        "event_logic.py",
        "native.so",
        "pure.py",
        "tool-1.dist-info/METADATA",
        "tool-1.dist-info/WHEEL",
        "tool/__init__.py",
    ]


def test_the_same_requirements_give_the_same_bytes(build: Build) -> None:
    build.wheel("tool", PURE, {"tool.py": ""})
    build.require_wheels("tool")
    build.contents()
    first = build.zip.read_bytes()
    build.contents()
    assert build.zip.read_bytes() == first


def test_a_package_without_a_wheel_is_reported(build: Build) -> None:
    build.wheel("other", "cp313-cp313-manylinux2014_x86_64", {"other.so": ""})
    build.require_wheels("other==1")
    assert build.refusal() == (
        f"{build.target['requirements']}: found no wheel of other==1 for Python 3.13 on arm64"
        " Linux, and packages are not built from source. Require a version that has such a wheel,"
        " or change the runtime or architecture of the function."
    )


def test_an_error_of_pip_is_reported(build: Build) -> None:
    build.require("==1")
    assert build.refusal().startswith(
        f"{build.target['requirements']} could not be installed: Invalid requirement: '==1'"
    )


def test_a_python_without_pip_is_reported(build: Build) -> None:
    venv.create(build.folder / "bare")
    python = build.folder / "bare" / ("Scripts/python.exe" if os.name == "nt" else "bin/python3")
    build.python = str(python)
    build.require("markupsafe")
    assert build.refusal() == (
        f"Installing {build.target['requirements']} requires pip, but {python} does not have it."
        " Install pip, or set python_executable to a Python that has it."
    )


def test_requirements_that_changed_since_the_plan_are_rejected(build: Build) -> None:
    build.require("markupsafe")
    assert "has changed since the plan was made" in build.refusal(requirements_sha256="0" * 64)


def test_a_requirement_that_would_replace_a_source_is_rejected(build: Build) -> None:
    build.wheel("clash", PURE, {"event_logic.py": ""})
    build.require_wheels("clash")
    assert build.refusal() == (
        f"{build.target['requirements']} installs event_logic.py, which is also a source file."
        " Delete it from the sources if `pip install --target` left it there, otherwise rename it."
    )


def test_leftovers_of_pip_install_are_reported_with_a_remedy(build: Build) -> None:
    files = {"tool/__init__.py": "", "tool/main.py": "", "tool/data.txt": ""}
    build.wheel("tool", PURE, files)
    build.require_wheels("tool")
    for name in files:
        build.add(name, "")
    assert build.refusal() == (
        f"{build.target['requirements']} installs tool/__init__.py and 2 more that are also source"
        " files. Delete them from the sources if `pip install --target` left them there, otherwise"
        " rename them."
    )


def test_executables_of_wheels_stay_executable(build: Build) -> None:
    files = {"tool/__init__.py": "", "tool/bin/run": "#!/bin/sh\n"}
    build.wheel("tool", PURE, files, executable="tool/bin/run")
    build.require_wheels("tool")
    modes = build.modes()
    assert modes["tool/bin/run"] == 0o100755
    assert modes["tool/__init__.py"] == 0o100644


def test_wheels_share_a_namespace_package(build: Build) -> None:
    build.wheel("acme_orders", PURE, {"acme/orders/__init__.py": ""})
    build.wheel("acme_rates", PURE, {"acme/rates.py": ""})
    build.require_wheels("acme_orders", "acme_rates")
    build.add("acme/main.py", "")
    assert modules(build) == [
        "acme/main.py",
        "acme/orders/__init__.py",
        "acme/rates.py",
        "event_logic.py",
    ]


def test_included_files_and_constraints_are_read_relative_to_the_file(build: Build) -> None:
    for name in ("direct", "nested", "deep", "left_out"):
        build.wheel(name, PURE, {f"{name}.py": ""})
    build.write(build.folder / "more" / "common.txt", "-r deeper/deep.txt\nnested  # needed\n")
    build.write(build.folder / "more" / "deeper" / "deep.txt", "--requirement=../again.txt\ndeep\n")
    build.write(build.folder / "more" / "again.txt", 'left_out; python_version < "3.11"\n')
    build.write(build.folder / "more" / "versions.txt", "direct<2\n")
    build.require_wheels("-r more/common.txt", "-c more/versions.txt", "direct \\", "  >=1")
    assert modules(build) == ["deep.py", "direct.py", "event_logic.py", "nested.py"]
    build.write(build.folder / "more" / "versions.txt", "direct>=2\n")
    assert "direct" in build.refusal()
