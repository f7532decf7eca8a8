"""Why requirements cannot be installed: each error names the cause, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from .builds import Build

PURE = "py3-none-any"
OTHER = "cp313-cp313-manylinux2014_x86_64"
PLATFORM = "Python 3.13 on arm64 Linux"


@pytest.fixture
def build(tmp_path: Path) -> Build:
    build = Build(tmp_path)
    build.wheel("tool", PURE, {"tool.py": ""})
    build.wheel("other", OTHER, {"other.so": ""})
    return build


def refusal(build: Build, *requirements: str) -> str:
    """Return the error of these requirements, without the path of their file."""
    build.require_wheels(*requirements)
    return build.refusal().removeprefix(f"{build.target['requirements']}: ")


def test_a_version_that_does_not_exist(build: Build) -> None:
    assert refusal(build, "tool==2") == (
        "found no version that satisfies tool==2. The latest versions with a wheel for"
        f" {PLATFORM} are 1."
    )


def test_a_version_that_does_not_exist_of_a_package_for_other_platforms(build: Build) -> None:
    assert refusal(build, "other>=2") == (
        "found no version that satisfies other>=2, nor any other version of other with a wheel for"
        f" {PLATFORM}."
    )


def test_a_package_that_does_not_exist(build: Build) -> None:
    assert refusal(build, "nothing_of_the_kind") == (
        "found no package nothing_of_the_kind. Check its name, and the index to install from."
    )


def test_a_package_without_any_wheel(build: Build) -> None:
    (build.folder / "wheels" / "sourced-1.0.tar.gz").touch()
    assert refusal(build, "sourced[fast]~=1.0") == (
        "found only the source of sourced[fast]~=1.0, and no wheel. Packages in an index are not"
        " built from source. Require a version that has a wheel, or build a wheel and require its"
        " path."
    )


def test_a_package_for_another_python(build: Build) -> None:
    page = build.folder / "page.html"
    build.write(
        page,
        f'<!DOCTYPE html><a href="wheels/tool-1-{PURE}.whl" data-requires-python="&gt;=3.14">'
        f"tool-1-{PURE}.whl</a>",
    )
    build.require("--no-index", f"--find-links {page.as_uri()}", "tool")
    assert build.refusal() == (
        f"{build.target['requirements']}: tool requires Python >=3.14, but the function runs on"
        " Python 3.13. Require another version, or change the runtime of the function."
    )
    assert "tool.py" in build.contents(runtime="python3.14")


def test_each_missing_dependency_is_named(build: Build) -> None:
    build.wheel("main", PURE, {"main.py": ""}, "tool>1")
    assert "found no version that satisfies tool>1." in refusal(build, "main")


def test_versions_that_conflict(build: Build) -> None:
    build.wheel("main", PURE, {"main.py": ""}, "tool<1")
    found = refusal(build, "main", "tool==1")
    assert "The conflict is caused by:" in found
    assert "main 1 depends on tool<1" in found


def test_an_index_that_does_not_answer(build: Build) -> None:
    build.environ = {"PIP_RETRIES": "0", "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": ""}
    build.require("--index-url http://127.0.0.1:9/simple", "tool")
    assert build.refusal().startswith(
        f"{build.target['requirements']}: found no package tool, because the index did not answer: "
    )
