"""The wheels of a requirements file: everything that it asks for, unpacked."""

import re
import tempfile
import zipfile
from pathlib import Path

from .errors import PackageError
from .files import File
from .local_projects import prepare
from .names import normalized
from .pip_failures import describe
from .platform_pip import download
from .target import Target


def install(target: Target) -> dict[str, File]:
    """Return the files of all required wheels, by their name in the package."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _install(target, Path(folder))
    except ModuleNotFoundError as error:
        raise PackageError(describe(target, "", str(error), "")) from error


def _install(target: Target, folder: Path) -> dict[str, File]:
    prepared = prepare(target, folder)
    wheels = folder / "wheels"
    wheels.mkdir()
    done = download(target, wheels, "-r", str(prepared.file))
    log = _read(folder / "wheels.log")
    if done.returncode:
        raise PackageError(describe(target, done.stdout, done.stderr, log))
    files: dict[str, File] = {}
    packed = set()
    for file in sorted(wheels.iterdir()):
        if file.suffix != ".whl":
            raise PackageError(
                f"{target.requirements} must require wheels, but {file.name} is none. Build a wheel"
                " from it."
            )
        packed.add(normalized(file.name.partition("-")[0]))
        files.update(_unpack(file))
    _check_complete(target, {*prepared.names, *_reported(done.stdout)}, packed)
    return files


def _reported(output: str) -> list[str]:
    """Return the names that pip says it has downloaded, which include those it leaves out."""
    found = re.search(r"^Successfully downloaded (.*)$", output, re.MULTILINE)
    return found[1].split() if found else []


def _check_complete(target: Target, asked: set[str], packed: set[str]) -> None:
    missing = sorted(name for name in asked if normalized(name) not in packed)
    if missing:
        raise PackageError(
            f"{target.requirements} requires {', '.join(missing)}, of which pip downloaded no"
            " wheel. Require a wheel, or name the local project in the requirements file."
        )


def _unpack(wheel: Path) -> dict[str, File]:
    """Return the importable files of a wheel, without its scripts, headers and data."""
    files = {}
    with zipfile.ZipFile(wheel) as archive:
        for item in archive.infolist():
            name = item.filename
            top, _, below = name.partition("/")
            if top.endswith(".data"):
                scheme, _, name = below.partition("/")
                if scheme not in ("purelib", "platlib"):
                    continue
            if name and not item.is_dir():
                is_executable = bool(item.external_attr >> 16 & 0o111)
                files[name] = File(archive.read(item), is_executable)
    return files


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""
