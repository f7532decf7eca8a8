"""Why pip failed: the cause in one message, and what to do."""

import re
import sys
from dataclasses import dataclass
from urllib.parse import unquote

from .names import normalized
from .platform_pip import specifier
from .target import Target

MISSING = "No matching distribution found for "
SKIPPED = re.compile(r"Skipping link: .*?: ((?:https?|file):[^\s#]+)(.*)")
FILE_NAME = re.compile(r"([^/]+?)-(\d[^-]*?)(-[^/]+\.whl|\.tar\.[a-z0-9]+|\.tgz|\.zip)$")
UNREACHABLE = re.compile(r"Could not fetch URL .*|.*connection broken by .*")
CONFLICT = re.compile(r"^The conflict is caused by:\n(?: +.*\n)+", re.MULTILINE)
NOISE = re.compile(r"WARNING: |DEPRECATION: |\[notice\]|\s*note: ")
SHOWN_VERSIONS = 8


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file in an index that pip does not download."""

    version: str
    is_wheel: bool
    python: str
    """The versions of Python that it requires, or an empty string."""


def describe(target: Target, stdout: str, stderr: str, log: str) -> str:
    """Return why the requirements of a package could not be downloaded."""
    if "No module named 'pip" in stderr:
        return (
            f"Installing {target.requirements} requires pip, but {sys.executable} does not have it."
            " Install pip, or set python_executable to a Python that has it."
        )
    lines = [line.removeprefix("ERROR: ") for line in stderr.splitlines() if not NOISE.match(line)]
    missing = [line.removeprefix(MISSING) for line in lines if line.startswith(MISSING)]
    if missing:
        causes = [
            _why_missing(re.split(r" \(|;", text)[0], target, stderr, log) for text in missing
        ]
        return f"{target.requirements}: {' '.join(causes)}"
    # pip does not repeat what a version control command wrote, nor, as an error, what conflicts.
    lines += [found.strip() for found in CONFLICT.findall(stdout)]
    lines += re.findall(r"\bfatal: .*", log)
    return f"{target.requirements} could not be installed:\n" + "\n".join(lines).strip()


def _why_missing(requirement: str, target: Target, stderr: str, log: str) -> str:
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
    satisfies = specifier(re.sub(r"^\[.*?\]", "", requirement.removeprefix(name)))
    skipped = _skipped(name, log)
    matching = [file for file in skipped if satisfies(file.version)]
    wheels = [file for file in matching if file.is_wheel]
    platform = f"Python {target.python} on {target.architecture} Linux"
    other_python = sorted({file.python for file in matching if not _allows(file.python, target)})
    if other_python:
        return (
            f"{requirement} requires Python {' or '.join(other_python)}, but the function runs on"
            f" Python {target.python}. Require another version, or change the runtime of the"
            " function."
        )
    if wheels:
        return (
            f"found no wheel of {requirement} for {platform}, and packages are not built from"
            " source. Require a version that has such a wheel, or change the runtime or"
            " architecture of the function."
        )
    if matching:
        return (
            f"found only the source of {requirement}, and no wheel. Packages in an index are not"
            " built from source. Require a version that has a wheel, or build a wheel and require"
            " its path."
        )
    usable = _usable_versions(requirement, stderr)
    if usable:
        return (
            f"found no version that satisfies {requirement}. The latest versions with a wheel for"
            f" {platform} are {', '.join(usable[-SHOWN_VERSIONS:])}."
        )
    if skipped:
        return (
            f"found no version that satisfies {requirement}, nor any other version of {name} with a"
            f" wheel for {platform}."
        )
    unreachable = UNREACHABLE.search(log)
    if unreachable:
        return (
            f"found no package {name}, because the index did not answer: {unreachable[0].strip()}"
        )
    return f"found no package {name}. Check its name, and the index to install from."


def _skipped(name: str, log: str) -> list[Skipped]:
    found = []
    for url, rest in SKIPPED.findall(log):
        file = FILE_NAME.search(unquote(url))
        if file and normalized(file[1]) == normalized(name):
            python = re.search(r"\(requires-python:(.*?)\)", rest)
            found.append(Skipped(file[2], file[3].endswith(".whl"), python[1] if python else ""))
    return found


def _allows(python: str, target: Target) -> bool:
    return specifier(python)(f"{target.python}.0")


def _usable_versions(requirement: str, stderr: str) -> list[str]:
    found = re.search(rf"{re.escape(requirement)}.* \(from versions: (.*)\)", stderr)
    return [] if found is None or found[1] == "none" else found[1].split(", ")
