"""Build the package of a Lambda function. Terraform runs this when it applies.

    package.py '{"name": ..., "path": ..., "sha256": ...}' ... '{"output": ..., ...}'

One argument describes a file that goes into the package under `name`; the last one says what
to build. The same input gives the same bytes on every machine: names are sorted, times and
modes fixed, and nothing is compressed, since builds of zlib differ in what they make of the
same data. Needs Python 3.10 and its standard library, and pip where packages are installed.
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

# Before a dataclass below fails for a less clear reason.
if sys.version_info < (3, 10):  # noqa: UP036
    sys.exit(f"The package needs Python 3.10 or newer to be built, and {sys.executable} is older.")

# The newest glibc that wheels may be built for: Amazon Linux 2 and, from Python 3.12 on, 2023.
GLIBC_MINOR = {"3.10": 26, "3.11": 26}
NEWEST_GLIBC_MINOR = 34
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}

# How compiled code begins, and what an ELF file, which is all that Linux loads, says at its
# 19th byte of the machine it is for.
ELF = b"\x7fELF"
ELF_MACHINES = {183: "arm64", 62: "x86_64"}
FOREIGN_CODE = {
    b"\xcf\xfa\xed\xfe": "macOS",
    b"\xca\xfe\xba\xbe": "macOS",
    b"MZ": "Windows",
}
LIBRARY = re.compile(r"\.(so(\.[0-9]+)*|dylib|pyd|dll)$")


class PackageError(Exception):
    """The package cannot be built; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the package: its name there, its path here, and the SHA-256 it must have."""

    name: str
    path: str
    sha256: str
    root: str | None = None
    """The folder that it came with, and that it may not be a link out of."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is built: the zip's path, what it runs on, and the requirements file or None."""

    output: str
    runtime: str
    architecture: str
    requirements: str | None
    requirements_sha256: str | None
    limit_mb: int

    @property
    def python(self) -> str:
        """The version of Python that the function runs on, such as `3.13`."""
        return self.runtime.removeprefix("python")


def main(arguments: list[str]) -> int:
    """Build what the arguments describe, and return the exit status."""
    *sources, target = arguments
    try:
        print(build([Source(**json.loads(text)) for text in sources], Target(**json.loads(target))))
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def build(sources: list[Source], target: Target) -> str:
    """Write the package and return a line that says what was written."""
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
                    f"{target.requirements} installs {name}, which the package has already."
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
        raise PackageError(f"{path} has changed since it was planned. Plan and apply again.")
    return content


def _check_link(path: str, root: Path) -> None:
    found = Path(path).resolve()
    if not found.is_relative_to(root.resolve()):
        raise PackageError(
            f"{path} leads out of {root} by a link, to {found}. Put the file itself there: what is"
            " outside is not looked at when the function is planned elsewhere."
        )


def _check_machine(name: str, content: bytes, target: Target) -> None:
    """Refuse compiled code that the function could not run."""
    made_for = None
    if content.startswith(ELF):
        is_little = content[5:6] == b"\x01"
        machine = int.from_bytes(content[18:20], "little" if is_little else "big")
        made_for = ELF_MACHINES.get(machine, f"another machine (ELF {machine})")
    elif LIBRARY.search(name):
        made_for = next(
            (system for magic, system in FOREIGN_CODE.items() if content.startswith(magic)), None
        )
    if made_for not in (None, target.architecture):
        raise PackageError(
            f"{name} is compiled for {made_for}, and the function runs on {target.architecture}"
            " Linux. Leave it to a requirements file to install what is compiled, or change the"
            " function's architecture."
        )


def _check_syntax(path: str, content: bytes, python: str) -> None:
    here = sys.version_info[:2]
    there = (3, int(python.removeprefix("3.")))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The parser knows the grammar of older versions; the compiler finds what no
            # grammar forbids, such as a return outside a function.
            ast.parse(content, path, feature_version=min(here, there))
            compile(content, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        text = f"{path}, line {line}: {getattr(error, 'msg', error)}."
        if here < there:
            text += (
                f" This was read by Python {here[0]}.{here[1]}, and the function runs on {python}:"
                " for newer syntax set python_executable to a newer Python."
            )
        raise PackageError(text) from error


def _install(requirements: str, target: Target) -> dict[str, bytes]:
    """Return the files of the wheels that `requirements` lists, by name in the package."""
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
                    f"{requirements}: {file.name} is no wheel. Build one of it first."
                )
            entries.update(_unpack(file))
        return entries


def _unpack(wheel: Path) -> dict[str, bytes]:
    """Return what `wheel` installs for import; its scripts, headers and data stay behind."""
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
            f"{requirements} needs pip, which {sys.executable} does not have."
            " Install it, or set python_executable."
        )
    errors = [line[7:] for line in output.splitlines() if line.startswith("ERROR: ")]
    no_wheel = "No matching distribution found for "
    missing = [line.removeprefix(no_wheel) for line in errors if line.startswith(no_wheel)]
    if missing:
        return (
            f"{requirements}: no wheel of {', '.join(missing)} was found for Python"
            f" {target.python} on {target.architecture} Linux, and none can be built here. Ask for"
            " a version that has one, or change the function's runtime or architecture."
        )
    return f"{requirements} could not be installed:\n" + ("\n".join(errors) or output.strip())


def _pip(python: str, architecture: str, folder: str, arguments: list[str]) -> None:
    """Run pip's download with wheels and environment markers of the function, not of here."""
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
    # pip has options for a wheel's tags, but evaluates markers such as
    # `python_version < "3.11"` for the Python it runs on, and would leave packages out.
    markers["default_environment"] = lambda: {**here(), **there}
    newest = GLIBC_MINOR.get(python, NEWEST_GLIBC_MINOR)
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, 16, -1)]
    options = [f"--platform={tag}" for tag in [*tags, f"manylinux2014_{machine}"]]
    options += ["--only-binary=:all:", "--implementation=cp", f"--python-version={python}"]
    options += ["--disable-pip-version-check", "--no-input", "--quiet", f"--dest={folder}"]
    sys.argv = ["pip", "download", *options, *arguments]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)


def _write(output: Path, entries: dict[str, bytes], limit_mb: int) -> float:
    """Write the zip, unless it is too large, and return its size in MB."""
    output.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=output.parent, suffix=".zip")
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name in sorted(entries):
                item = zipfile.ZipInfo(name)  # of 1980-01-01, and stored
                item.create_system = 3  # Unix, whose modes follow
                item.external_attr = 0o100644 << 16
                archive.writestr(item, entries[name])
        size_mb = os.path.getsize(temporary) / 2**20
        if size_mb > limit_mb:
            raise PackageError(
                f"The package has {size_mb:.1f} MB, and Lambda takes {limit_mb} MB this way."
                " Up to 250 MB go through a bucket (package_s3_bucket)."
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
