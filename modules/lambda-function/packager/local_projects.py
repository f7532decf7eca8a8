"""Requirements from elsewhere than an index: local projects are built, the rest is refused."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from .errors import PackageError
from .platform_pip import QUIET, applies
from .requirements import (
    CONSTRAINT,
    EDITABLE,
    LINKS,
    URL,
    VERSION_CONTROL,
    Line,
    Requirement,
    lines,
    parse,
)
from .target import Target

ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
NOT_COPIED = shutil.ignore_patterns(
    ".build", ".terraform", ".tox", ".venv", "__pycache__", "venv", "*.egg-info"
)
ONLY_WHEELS = (
    "Packages are built only from local projects. Require a version that has a wheel, or build a"
    " wheel and require its path."
)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A requirements file that needs wheels only, and the names that it requires."""

    file: Path
    names: frozenset[str]


def prepare(target: Target, folder: Path) -> Prepared:
    """Build wheels from the local projects that are required.

    Raise PackageError for a requirement that no wheel can be had of.
    """
    assert target.requirements is not None
    file = Path(target.requirements).absolute()
    builder = _Builder(file, folder, [_absolute(line) for line in lines(file)])
    names = set()
    rewritten = []
    is_rewritten = False
    for line in builder.lines:
        text = line.text
        if line.option:
            _check_option(file, line)
        else:
            requirement = parse(text)
            if not applies(requirement.marker, target):
                # pip reads the path of a project even if its marker is false.
                is_rewritten |= requirement.path is not None
                continue
            project = _project(file, requirement)
            name = requirement.name
            if project is not None:
                wheel = builder.build(requirement, project)
                name = name or wheel.name.partition("-")[0]
                text = f"{name}{requirement.extras} @ {wheel.as_uri()}"
                is_rewritten = True
            if name:
                names.add(name)
        rewritten.append(text)
    if is_rewritten:
        # The files that are included are part of this one. A byte order mark tells the encoding.
        file = folder / "requirements.txt"
        file.write_text("".join(f"{text}\n" for text in rewritten), encoding="utf-8-sig")
    return Prepared(file, frozenset(names))


def _absolute(line: Line) -> Line:
    """Return the line with the path that is relative to its file as an absolute path."""
    option = line.option
    if option and option[0] in (*CONSTRAINT, *LINKS) and not URL.match(option[1]):
        path = line.file.parent / option[1]
        if path.exists():
            return Line(f"{option[0]} {shlex.quote(path.as_posix())}", line.file)
    return line


def _check_option(file: Path, line: Line) -> None:
    option, value = line.option or ("", "")
    if option in EDITABLE:
        remedy = f'Write "{value}" instead.'
        if VERSION_CONTROL.match(value):
            remedy = ONLY_WHEELS
        raise PackageError(
            f'{file} contains "{line.text}", an editable install, which cannot be packaged.'
            f" {remedy}"
        )


def _project(file: Path, requirement: Requirement) -> Path | None:
    """Return the local project of a requirement, or None if pip finds a wheel of it."""
    location, path = requirement.location, requirement.path
    if location is None:
        return None
    if path is None:
        if VERSION_CONTROL.match(location):
            raise PackageError(
                f"{file} requires {requirement.text}, which is a version control repository."
                f" {ONLY_WHEELS}"
            )
        if not re.search(r"[.]whl($|[?#])", location):
            raise PackageError(
                f"{file} requires {requirement.text}, which is not a wheel. {ONLY_WHEELS}"
            )
        return None
    path = file.parent / path
    if not path.exists():
        raise PackageError(
            f"{file} requires {requirement.text}, but {path} does not exist. Relative paths are"
            f" resolved against {file.parent}."
        )
    if path.is_dir() and not any((path / name).exists() for name in ("pyproject.toml", "setup.py")):
        raise PackageError(
            f"{file} requires {requirement.text}, but {path} contains neither pyproject.toml nor"
            " setup.py. To package a directory as it is, use source_roots."
        )
    if path.is_dir() or path.name.endswith(ARCHIVES):
        return path
    return None


class _Builder:
    """Builds wheels from local projects, with the index options of a requirements file."""

    def __init__(self, file: Path, folder: Path, found: list[Line]) -> None:
        self.lines = found
        self._file = file
        self._folder = folder / "projects"
        self._options = folder / "options.txt"
        options = [
            line.text
            for line in found
            if line.option and line.option[0] not in (*CONSTRAINT, *EDITABLE, "--require-hashes")
        ]
        self._options.write_text("".join(f"{line}\n" for line in options), encoding="utf-8-sig")

    def build(self, requirement: Requirement, project: Path) -> Path:
        """Return the wheel of a local project, which must be pure Python."""
        folder = self._folder / str(len(list(self._folder.glob("*"))))
        # Builds leave files in the project, which would be part of the next plan and build.
        source = folder / project.resolve().name
        if project.is_dir():
            shutil.copytree(
                project, source, ignore=_not_copied(project), ignore_dangling_symlinks=True
            )
        else:
            source = project
        command = [sys.executable, "-m", "pip", "wheel", *QUIET, "--quiet", "--no-deps"]
        command += [f"--wheel-dir={folder}", f"--requirement={self._options}", str(source)]
        done = subprocess.run(
            command,
            cwd=self._file.parent,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        wheels = list(folder.glob("*.whl"))
        if done.returncode or not wheels:
            output = (done.stderr + done.stdout).replace(str(source), str(project)).strip()
            raise PackageError(
                f"{self._file} requires {requirement.text}, which could not be built:\n{output}"
            )
        if not wheels[0].name.endswith("-any.whl"):
            raise PackageError(
                f"{self._file} requires {requirement.text}, which is compiled when it is built"
                f" ({wheels[0].name}). Only pure Python is built for another machine: build a wheel"
                " on the platform of the function, and require its path."
            )
        return wheels[0]


def _not_copied(project: Path) -> Callable[[str, list[str]], Collection[str]]:
    def ignored(folder: str, names: list[str]) -> Collection[str]:
        """Return what tools leave in a project, so that nothing of an earlier build is packaged."""
        unwanted = set(NOT_COPIED(folder, names))
        if Path(folder) == project / "build":
            unwanted |= {name for name in names if name == "lib" or "." in name}
        return unwanted

    return ignored
