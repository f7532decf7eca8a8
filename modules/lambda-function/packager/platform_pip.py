"""pip for the platform of the function instead of the one that it runs on."""

import importlib
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .target import Target

SCRIPT = Path(__file__).parents[1] / "package.py"

# The minor version of glibc in the runtimes: Amazon Linux 2, and 2023 from Python 3.12 on.
GLIBC_MINOR = {"3.10": 26, "3.11": 26}
NEWEST_GLIBC_MINOR = 34
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}

QUIET = ["--disable-pip-version-check", "--no-input", "--progress-bar=off"]


def download(target: Target, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Download wheels that the function can run to `folder`. A log is written to `folder`.log."""
    options = [f"--dest={folder}", f"--log={folder}.log", *arguments]
    assert target.requirements is not None
    return subprocess.run(
        [sys.executable, str(SCRIPT), "--pip", target.python, target.architecture, *options],
        cwd=Path(target.requirements).absolute().parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def run_download(python: str, architecture: str, arguments: list[str]) -> None:
    """Run `pip download` in this process."""
    machine = MACHINES[architecture]
    markers = _markers()
    here = markers["default_environment"]
    # pip has options for the tags of wheels, but evaluates environment markers, for example
    # `python_version < "3.11"`, for the Python that it runs on, and would omit packages.
    markers["default_environment"] = lambda: {**here(), **_environment(python, architecture)}
    newest = GLIBC_MINOR.get(python, NEWEST_GLIBC_MINOR)
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, 16, -1)]
    options = [f"--platform={tag}" for tag in [*tags, f"manylinux2014_{machine}"]]
    options += ["--only-binary=:all:", "--implementation=cp", f"--python-version={python}"]
    sys.argv = ["pip", "download", *options, *QUIET, *arguments]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


def applies(marker: str, target: Target) -> bool:
    """Return whether an environment marker is true for the function. pip reports invalid ones."""
    if not marker.strip():
        return True
    markers = _markers()
    try:
        parsed = markers["Marker"](marker)
    except markers["InvalidMarker"]:
        return True
    result: bool = parsed.evaluate(
        {**markers["default_environment"](), **_environment(target.python, target.architecture)}
    )
    return result


def specifier(text: str) -> Callable[[str], bool]:
    """Return a function that tells whether a version satisfies a specifier such as `>=1,<2`."""
    specifiers = vars(importlib.import_module("pip._vendor.packaging.specifiers"))
    versions = vars(importlib.import_module("pip._vendor.packaging.version"))

    def satisfies(version: str) -> bool:
        try:
            found: bool = specifiers["SpecifierSet"](text).contains(version, prereleases=True)
        except (specifiers["InvalidSpecifier"], versions["InvalidVersion"]):
            return False
        return found

    return satisfies


def _markers() -> dict[str, Any]:
    return vars(importlib.import_module("pip._vendor.packaging.markers"))


def _environment(python: str, architecture: str) -> dict[str, str]:
    return {
        "extra": "",
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": MACHINES[architecture],
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
