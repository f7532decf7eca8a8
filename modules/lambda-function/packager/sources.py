"""The source files: what the plan lists, compared with what is on the disk."""

import base64
import gzip
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .compiled import ELF
from .errors import PackageError
from .files import File


@dataclass(frozen=True, slots=True)
class Source:
    """A file to package: its name in the package, and its path."""

    name: str
    path: str
    sha256: str
    """The first digits of the SHA-256 from the plan, which tell which file has changed."""
    root: str | None = None
    """The directory that is packaged, which the file must not leave through a symbolic link."""


def listed(environ: Mapping[str, str], parts: int) -> list[Source]:
    """Return the source files that Terraform lists in environment variables."""
    text = "".join(environ[f"PACKAGE_MANIFEST_{part}"] for part in range(parts))
    manifest = json.loads(gzip.decompress(base64.b64decode(text)))
    return [*_files(manifest), *_directories(manifest)]


def _files(manifest: dict[str, dict[str, list[str]]]) -> Iterator[Source]:
    for name, (path, sha256) in manifest["files"].items():
        yield Source(name, path, sha256)


def _directories(manifest: dict[str, dict[str, tuple[str, dict[str, str]]]]) -> Iterator[Source]:
    for prefix, (root, files) in manifest["directories"].items():
        for name, sha256 in files.items():
            yield Source(
                name=f"{prefix}/{name}" if prefix else name,
                path=f"{root.rstrip('/')}/{name}",
                sha256=sha256,
                root=root,
            )


def read_all(sources: list[Source], sha256: str) -> dict[str, File]:
    """Return the source files by name. Raise PackageError for what differs from the plan."""
    for root in {source.root for source in sources if source.root is not None}:
        _check_links(root, [source.path for source in sources if source.root == root])
    files = {}
    found = {}
    for source in sources:
        content = read(source.path)
        found[source.name] = hashlib.sha256(content).hexdigest()
        if not found[source.name].startswith(source.sha256):
            raise _changed(source.path)
        files[source.name] = File(content, _is_executable(source.path, content))
    text = "\n".join(f"{found[name]} {name}" for name in sorted(found))
    if hashlib.sha256(text.encode()).hexdigest() != sha256:
        raise _changed("A source file")
    return files


def read(path: str, sha256: str | None = None) -> bytes:
    """Return the content of a file, which must have the hash from the plan."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise PackageError(f"{path} cannot be read: {error.strerror}.") from error
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        raise _changed(path)
    return content


def _changed(what: str) -> PackageError:
    return PackageError(f"{what} has changed since the plan was made. Plan and apply again.")


def _check_links(root: str, paths: list[str]) -> None:
    real_root = os.path.realpath(root)
    for path in paths:
        found = os.path.realpath(path)
        if not Path(found).is_relative_to(real_root):
            raise PackageError(
                f"{path} must be inside {root}, but resolves to {found}. Replace the symbolic link"
                " with the file itself, since its target may be missing or different on another"
                " machine."
            )


def _is_executable(path: str, content: bytes) -> bool:
    if os.name == "nt":
        # Windows has no executable bit. Scripts and programs are recognized by their content.
        return content.startswith((b"#!", ELF))
    return bool(os.stat(path).st_mode & 0o111)
