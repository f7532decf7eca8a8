"""Build the deployment package of a Lambda function. `terraform apply` runs this script.

    package.py '{"name": ..., "path": ..., "sha256": ...}' ... '{"output": ..., ...}'

Each argument describes a source file, and the last one describes the package. The same input gives
the same bytes on every machine: names are sorted, times and modes are fixed, and nothing is
compressed, since the output of zlib differs between builds. Requires Python 3.10 or later, and pip
if there are requirements.
"""

import ast
import hashlib
import importlib
import json
import os
import re
import runpy
import subprocess
import sys
import tempfile
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

# Checked here, because the dataclasses below would fail with a less clear error.
if sys.version_info < (3, 10):  # noqa: UP036
    sys.exit(
        f"The Python that builds the package must be 3.10 or later, but {sys.executable} is older."
        " Set python_executable."
    )

# The minor version of glibc in the runtimes: Amazon Linux 2, and 2023 from Python 3.12 on.
GLIBC_MINOR = {"3.10": 26, "3.11": 26}
NEWEST_GLIBC_MINOR = 34
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}

# The first bytes of compiled files. Linux loads ELF files only, whose field e_machine (bytes 19 and
# 20) is the architecture.
ELF = b"\x7fELF"
ELF_MACHINES = {183: "arm64", 62: "x86_64"}
FOREIGN_CODE = {
    b"\xcf\xfa\xed\xfe": "macOS",
    b"\xca\xfe\xba\xbe": "macOS",
    b"MZ": "Windows",
}
LIBRARY = re.compile(r"\.(so(\.[0-9]+)*|dylib|pyd|dll)$")


class PackageError(Exception):
    """The package cannot be built. The message says why, and how to solve it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to package: its name in the package, its path, and the SHA-256 from the plan."""

    name: str
    path: str
    sha256: str
    root: str | None = None
    """The directory that is packaged, which the file must not leave through a symbolic link."""


@dataclass(frozen=True, slots=True)
class Target:
    """The package to build: path, runtime, architecture, requirements file and size limit."""

    output: str
    runtime: str
    architecture: str
    requirements: str | None
    requirements_sha256: str | None
    limit_mb: int

    @property
    def python(self) -> str:
        """The Python version of the function, for example `3.13`."""
        return self.runtime.removeprefix("python")


def main(arguments: list[str]) -> int:
    """Build the package that the arguments describe, and return the exit status."""
    *sources, target = arguments
    try:
        print(build([Source(**json.loads(text)) for text in sources], Target(**json.loads(target))))
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def build(sources: list[Source], target: Target) -> str:
    """Write the package and return a one-line summary."""
    for source in sources:
        if source.root is not None:
            _check_link(source.path, Path(source.root))
    entries = {source.name: _read(source.path, source.sha256) for source in sources}
    for source in sources:
        if source.name.endswith(".py"):
            _check_syntax(source.path, entries[source.name], target.python)
    if target.requirements:
        for name, content in _install(target.requirements, target).items():
            if name in entries:
                raise PackageError(
                    f"{target.requirements} installs {name}, which is also a source file. Remove or"
                    " rename one of them."
                )
            entries[name] = content
    for name, content in entries.items():
        _check_machine(name, content, target)
    size_mb = _write(Path(target.output), entries, target.limit_mb)
    return f"Built {target.output}: {len(entries)} files, {size_mb:.1f} MB"


def _read(path: str, sha256: str | None) -> bytes:
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise PackageError(f"{path} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise PackageError(f"{path} has changed since the plan was made. Plan and apply again.")
    return content


def _check_link(path: str, root: Path) -> None:
    found = Path(path).resolve()
    if not found.is_relative_to(root.resolve()):
        raise PackageError(
            f"{path} must be inside {root}, but resolves to {found}. Replace the symbolic link with"
            " the file itself, since its target may be missing or different on another machine."
        )


def _check_machine(name: str, content: bytes, target: Target) -> None:
    """Raise PackageError for compiled code that the function cannot run."""
    made_for = None
    if content.startswith(ELF):
        is_little = content[5:6] == b"\x01"
        machine = int.from_bytes(content[18:20], "little" if is_little else "big")
        made_for = ELF_MACHINES.get(machine, f"another architecture (ELF machine {machine})")
    elif LIBRARY.search(name):
        made_for = next(
            (system for magic, system in FOREIGN_CODE.items() if content.startswith(magic)), None
        )
    if made_for not in (None, target.architecture):
        raise PackageError(
            f"{name} must be compiled for {target.architecture} Linux, but is compiled for"
            f" {made_for}. Install compiled packages through the requirements file, or change the"
            " architecture of the function."
        )


def _check_syntax(path: str, content: bytes, python: str) -> None:
    here = sys.version_info[:2]
    there = (3, int(python.removeprefix("3.")))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # ast.parse can check the grammar of an older Python. compile also finds errors that
            # the grammar does not exclude, for example a return outside of a function.
            ast.parse(content, path, feature_version=min(here, there))
            compile(content, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        text = f"{path}, line {line}: {getattr(error, 'msg', error)}."
        if here < there:
            text += (
                f" The function runs on Python {python}, but Python {here[0]}.{here[1]} checked the"
                " syntax. To use newer syntax, set python_executable to a newer Python."
            )
        raise PackageError(text) from error


def _install(requirements: str, target: Target) -> dict[str, bytes]:
    """Return the files of all required wheels, by their name in the package."""
    _read(requirements, target.requirements_sha256)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--pip", target.python, target.architecture, folder]
        command += ["-r", requirements]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise PackageError(_pip_failure(requirements, target, done.stdout + done.stderr))
        entries: dict[str, bytes] = {}
        for file in sorted(Path(folder).iterdir()):
            if file.suffix != ".whl":
                raise PackageError(
                    f"{requirements} must require wheels, but {file.name} is none. Build a wheel"
                    " from it."
                )
            entries.update(_unpack(file))
        return entries


def _unpack(wheel: Path) -> dict[str, bytes]:
    """Return the importable files of a wheel, without its scripts, headers and data."""
    entries = {}
    with zipfile.ZipFile(wheel) as archive:
        for item in archive.infolist():
            name = item.filename
            top, _, below = name.partition("/")
            if top.endswith(".data"):
                scheme, _, name = below.partition("/")
                if scheme not in ("purelib", "platlib"):
                    continue
            if name and not item.is_dir():
                entries[name] = archive.read(item)
    return entries


def _pip_failure(requirements: str, target: Target, output: str) -> str:
    if "No module named 'pip" in output:
        return (
            f"Installing {requirements} requires pip, but {sys.executable} does not have it."
            " Install pip, or set python_executable to a Python that has it."
        )
    errors = [line[7:] for line in output.splitlines() if line.startswith("ERROR: ")]
    no_wheel = "No matching distribution found for "
    missing = [line.removeprefix(no_wheel) for line in errors if line.startswith(no_wheel)]
    if missing:
        return (
            f"{requirements}: found no wheel of {', '.join(missing)} for Python {target.python} on"
            f" {target.architecture} Linux, and packages are not built from source. Require a"
            " version that has such a wheel, or change the runtime or architecture of the function."
        )
    return f"{requirements} could not be installed:\n" + ("\n".join(errors) or output.strip())


def _pip(python: str, architecture: str, folder: str, arguments: list[str]) -> None:
    """Run `pip download` for the platform of the function instead of the one it runs on."""
    machine = MACHINES[architecture]
    markers = vars(importlib.import_module("pip._vendor.packaging.markers"))
    here = markers["default_environment"]
    there = {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
    # pip has options for the tags of wheels, but evaluates environment markers, for example
    # `python_version < "3.11"`, for the Python that it runs on, and would omit packages.
    markers["default_environment"] = lambda: {**here(), **there}
    newest = GLIBC_MINOR.get(python, NEWEST_GLIBC_MINOR)
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, 16, -1)]
    options = [f"--platform={tag}" for tag in [*tags, f"manylinux2014_{machine}"]]
    options += ["--only-binary=:all:", "--implementation=cp", f"--python-version={python}"]
    options += ["--disable-pip-version-check", "--no-input", "--quiet", f"--dest={folder}"]
    sys.argv = ["pip", "download", *options, *arguments]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


def _write(output: Path, entries: dict[str, bytes], limit_mb: int) -> float:
    """Write the zip and return its size in MB. Raise PackageError if it is too large."""
    output.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=output.parent, suffix=".zip")
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name in sorted(entries):
                item = zipfile.ZipInfo(name)  # dated 1980-01-01, not compressed
                item.create_system = 3  # Unix, so that external_attr contains the mode
                item.external_attr = 0o100644 << 16
                archive.writestr(item, entries[name])
        size_mb = os.path.getsize(temporary) / 2**20
        if size_mb > limit_mb:
            raise PackageError(
                f"The package must be at most {limit_mb} MB, but is {size_mb:.1f} MB. For up to 250"
                " MB, set the bucket for the package."
            )
        os.replace(temporary, output)
    except BaseException:
        os.unlink(temporary)
        raise
    return size_mb


if __name__ == "__main__":
    if sys.argv[1] == "--pip":
        _pip(sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:])
    else:
        sys.exit(main(sys.argv[1:]))
