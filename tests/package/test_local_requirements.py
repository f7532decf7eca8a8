"""Requirements that are no release in an index: local projects, repositories, archives."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from .builds import Build, files_below

PURE = "py3-none-any"

# A build backend within the project, so that a build needs no package index.
BACKEND = """
import zipfile

NAME, NEEDS, TAG = {name!r}, {needs!r}, {tag!r}


def build_wheel(folder, config_settings=None, metadata_directory=None):
    file = f"{{NAME}}-1.0-{{TAG}}.whl"
    metadata = f"Metadata-Version: 2.1\\nName: {{NAME}}\\nVersion: 1.0\\nProvides-Extra: fast\\n"
    metadata += "".join(f"Requires-Dist: {{need}}\\n" for need in NEEDS)
    with zipfile.ZipFile(f"{{folder}}/{{file}}", "w") as archive:
        archive.write(f"{{NAME}}/__init__.py")
        archive.writestr(f"{{NAME}}-1.0.dist-info/METADATA", metadata)
        archive.writestr(f"{{NAME}}-1.0.dist-info/WHEEL", f"Wheel-Version: 1.0\\nTag: {{TAG}}\\n")
        archive.writestr(f"{{NAME}}-1.0.dist-info/RECORD", "")
    open("left-by-the-build", "w").close()
    return file
"""
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


@pytest.fixture
def build(tmp_path: Path) -> Build:
    return Build(tmp_path)


def project(build: Build, name: str, *needs: str, tag: str = PURE) -> Path:
    """Write the project of a package with one module, and return its directory."""
    folder = build.folder / name
    build.write(folder / "backend.py", BACKEND.format(name=name, needs=needs, tag=tag))
    build.write(folder / "pyproject.toml", PROJECT)
    build.write(folder / name / "__init__.py", f"NAME = {name!r}\n")
    return folder


@pytest.mark.parametrize(
    "requirement",
    [
        "./common",
        "./common/",
        "common/",
        "{folder}/common",
        "common @ file://{folder}/common",
        "common@file://{folder}/common ; python_version > '3.8'",
        "file://{folder}/common#egg=common",
        "./common ; python_version > '3.8'",
        "./common  # shared code",
    ],
)
def test_a_local_project_is_built(build: Build, requirement: str) -> None:
    folder = project(build, "common")
    before = files_below(folder)
    build.require(requirement.format(folder=build.folder))
    contents = build.contents()
    assert contents["common/__init__.py"] == b"NAME = 'common'\n"
    assert "common-1.0.dist-info/METADATA" in contents
    assert files_below(folder) == before, "the build leaves nothing in the project"


def test_the_dependencies_of_a_local_project_are_installed_for_the_function(build: Build) -> None:
    for name in ("needed", "extra", "on_new"):
        build.wheel(name, PURE, {f"{name}.py": ""})
    build.wheel("compiled", "cp313-cp313-manylinux2014_aarch64", {"compiled.so": ""})
    markers = ["extra; extra == 'fast'", "on_new; python_version >= '3.14'"]
    project(build, "common", "needed", "compiled", *markers)
    build.require_wheels("./common[fast]")
    names = [name for name in build.contents() if ".dist-info/" not in name]
    assert names == [
        "common/__init__.py",
        "compiled.so",
        "event_logic.py",
        "extra.py",
        "needed.py",
    ]


def test_an_included_file_can_require_local_projects(build: Build) -> None:
    build.wheel("released", PURE, {"released.py": ""})
    project(build, "common")
    build.write(
        build.folder / "more" / "shared.txt", "--find-links ../wheels\n./common\nreleased\n"
    )
    build.require("--no-index", "-r more/shared.txt")
    contents = build.contents()
    assert {"common/__init__.py", "released.py"} <= contents.keys()


def test_a_local_archive_is_built(build: Build) -> None:
    folder = project(build, "common")
    with tarfile.open(build.folder / "common-1.0.tar.gz", "w:gz") as archive:
        archive.add(folder, "common-1.0")
    build.require("./common-1.0.tar.gz")
    assert "common/__init__.py" in build.contents()


def test_a_local_wheel_is_installed(build: Build) -> None:
    build.wheel("tool", PURE, {"tool.py": ""})
    build.require(f"./wheels/tool-1-{PURE}.whl")
    assert "tool.py" in build.contents()


def test_a_local_project_for_another_platform_is_not_built(build: Build) -> None:
    build.require('./nowhere ; sys_platform == "win32"')
    assert list(build.contents()) == ["event_logic.py"]


def test_a_project_that_is_compiled_is_rejected(build: Build) -> None:
    project(build, "fast", tag="cp313-cp313-linux_x86_64")
    build.require("./fast")
    assert build.refusal() == (
        f"{build.target['requirements']} requires ./fast, which is compiled when it is built"
        " (fast-1.0-cp313-cp313-linux_x86_64.whl). Only pure Python is built for another machine:"
        " build a wheel on the platform of the function, and require its path."
    )


def test_a_project_that_cannot_be_built_is_rejected_with_the_cause(build: Build) -> None:
    folder = project(build, "common")
    build.write(folder / "backend.py", "raise ValueError('the backend is broken')\n")
    build.require("./common")
    done = build.run()
    assert done.returncode == 1
    assert done.stderr.startswith(
        f"{build.target['requirements']} requires ./common, which could not be built:\n"
    )
    assert "ValueError: the backend is broken" in done.stderr


REPOSITORY = "git+https://git.example.com/acme/tools.git"


@pytest.mark.parametrize(
    ("requirement", "refusal"),
    [
        ("./nowhere", "requires ./nowhere, but {folder}/nowhere does not exist."),
        ("./sources", "but {folder}/sources contains neither pyproject.toml nor setup.py."),
        ("-e ./common", '"-e ./common", an editable install, which cannot be packaged. Write'
            ' "./common" instead.'),
        ("--editable=./common", '"--editable=./common", an editable install'),
        (f"-e {REPOSITORY}#egg=tools", "Packages are built only from local projects."),
        (f"tools @ {REPOSITORY}", f"requires tools @ {REPOSITORY}, which is a version control"
            " repository. Packages are built only from local projects. Require a version that has a"
            " wheel, or build a wheel and require its path."),
        (REPOSITORY, f"requires {REPOSITORY}, which is a version control repository."),
        ("https://files.example.com/tools-1.0.tar.gz", "tools-1.0.tar.gz, which is not a wheel."),
    ],
)  # fmt: skip
def test_what_cannot_be_packaged_is_rejected_by_name(
    build: Build, requirement: str, refusal: str
) -> None:
    build.require(requirement)
    found = build.refusal()
    assert found.startswith(f"{build.target['requirements']} ")
    assert refusal.format(folder=build.folder) in found


def test_a_dependency_that_pip_leaves_out_is_reported(build: Build) -> None:
    """pip resolves a dependency on a local project, and downloads nothing of it."""
    folder = project(build, "common")
    build.wheel("main", PURE, {"main.py": ""}, f"common @ file://{folder}")
    build.require_wheels("main")
    assert (
        f"{build.target['requirements']} requires common, of which pip downloaded no wheel."
        in build.refusal()
    )
