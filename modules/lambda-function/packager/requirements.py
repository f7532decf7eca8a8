"""Requirements files: what they ask for, with the files that they include."""

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

ENCODINGS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
VERSION_CONTROL = re.compile(r"(git|hg|svn|bzr)\+")
NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
EXTRAS = r"\[[^\]]*\]"
URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # one letter is a drive of Windows
REQUIREMENT = re.compile(rf"({NAME})\s*({EXTRAS})?\s*(?:@\s*(\S.*))?")

# Options whose value is a path relative to the file that contains them.
INCLUDE = ("-r", "--requirement")
CONSTRAINT = ("-c", "--constraint")
EDITABLE = ("-e", "--editable")
LINKS = ("-f", "--find-links")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a requirements file, without its comment. Continuation lines are one line."""

    text: str
    file: Path

    @property
    def option(self) -> tuple[str, str] | None:
        """The first option of the line and its value, or None if the line is a requirement."""
        if not self.text.startswith("-"):
            return None
        if self.text.startswith("--"):
            name, _, value = re.sub(r"[ \t=]+", " ", self.text, count=1).partition(" ")
        else:
            name, value = self.text[:2], self.text[2:]
        return name, " ".join(shlex.split(value))


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement: a name with versions, or a place to install from."""

    text: str
    name: str | None
    extras: str
    location: str | None
    """The URL or path to install from, or None to install from an index."""
    marker: str

    @property
    def path(self) -> Path | None:
        """The local path to install from, or None if there is none."""
        if self.location is None:
            return None
        if self.location.startswith("file:"):
            return Path(url2pathname(urlsplit(self.location).path))
        return None if URL.match(self.location) else Path(self.location)


def lines(file: Path, including: tuple[Path, ...] = ()) -> Iterator[Line]:
    """Yield the lines of a requirements file and of the files that it includes, in their order.

    Files that cannot be read are left to pip, which reports them.
    """
    try:
        content = file.read_bytes()
    except OSError:
        return
    for text in _logical_lines(_decode(content)):
        line = Line(text, file)
        included = _included(line)
        if included is None:
            yield line
        elif included not in (*including, file):
            yield from lines(included, (*including, file))


def _decode(content: bytes) -> str:
    encoding = next((name for bom, name in ENCODINGS.items() if content.startswith(bom)), "utf-8")
    return content.decode(encoding, errors="replace")


def _logical_lines(text: str) -> Iterator[str]:
    joined = re.sub(r"\\\r?\n", "", text)
    for line in joined.splitlines():
        uncommented = re.sub(r"(^|\s+)#.*$", "", line).strip()
        if uncommented:
            yield re.sub(
                r"\$\{([A-Z0-9_]+)\}",
                lambda found: os.environ.get(found[1]) or found[0],
                uncommented,
            )


def _included(line: Line) -> Path | None:
    if line.option and line.option[0] in INCLUDE and not URL.match(line.option[1]):
        return line.file.parent / line.option[1]
    return None


def parse(text: str) -> Requirement:
    """Return the requirement of a line that is no option."""
    text = re.split(r"\s--", text, maxsplit=1)[0].strip()
    found = REQUIREMENT.match(text)
    if found and found[3]:
        location, marker = _split_marker(found[3])
        return Requirement(text, found[1], found[2] or "", location, marker)
    location, marker = _split_marker(text)
    if URL.match(location):
        return Requirement(text, None, "", location, marker)
    if "/" in location or os.sep in location or location.startswith("."):
        path = re.sub(rf"{EXTRAS}$", "", location)
        return Requirement(text, None, location.removeprefix(path), path.strip(), marker)
    name = found[1] if found else None
    return Requirement(text, name, "", None, text.partition(";")[2])


def _split_marker(text: str) -> tuple[str, str]:
    # A URL can contain semicolons: the marker has a space on either side of its own.
    separator = r"\s+;|;\s+" if URL.match(text) else ";"
    location, *marker = re.split(separator, text, maxsplit=1)
    return location.strip(), "".join(marker)
