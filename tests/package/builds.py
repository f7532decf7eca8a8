"""The packaging script, run with the files and wheels of a test."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.common import paths

PART_LENGTH = 30_000
SCRIPT = paths.ROOT / "modules" / "lambda-function" / "package.py"


class Build:
    """A directory with sources and wheels, and the script that packages them in a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.zip = folder / "built" / "function.zip"
        self.python = sys.executable
        self.sources = folder / "sources"
        self.files: dict[str, tuple[Path, str]] = {}
        self.directories: dict[str, Path] = {}
        self.environ: dict[str, str] = {}
        self.target: dict[str, Any] = {
            "output": str(self.zip),
            "runtime": "python3.13",
            "architecture": "arm64",
            "handler_module": None,
            "requirements": None,
            "requirements_sha256": None,
            "zipped_limit_mb": 50,
            "unzipped_limit_mb": 250,
            "bucket_variable": "package_s3_bucket",
        }
        self.add("event_logic.py", "def get_events():\n    return {}\n")

    def add(self, name: str, content: str, sha256: str | None = None) -> Path:
        """Add a text file. `sha256` is its hash in the plan, by default the correct one."""
        return self.add_bytes(name, content.encode(), sha256)

    def add_bytes(self, name: str, content: bytes, sha256: str | None = None) -> Path:
        """Add a binary file."""
        path = self.write(self.sources / name, content)
        self.files[name] = (path, sha256 or sha256_of(path))
        return path

    def write(self, path: Path, content: bytes | str = "") -> Path:
        """Write a file, with its directories, which is no source."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def take_directory(self, folder: Path, prefix: str = "") -> None:
        """Package a directory, under `prefix`."""
        self.directories[prefix] = folder

    def require(self, *lines: str) -> None:
        """Write a requirements file."""
        content = "".join(f"{line}\n" for line in lines)
        path = self.write(self.folder / "requirements.txt", content)
        self.target["requirements"] = str(path)
        self.target["requirements_sha256"] = sha256_of(path)

    def wheel(
        self, name: str, tag: str, files: dict[str, str], *needs: str, executable: str = ""
    ) -> Path:
        """Build a wheel of version 1 of a package, which `needs` others."""
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n"
        metadata += "".join(f"Requires-Dist: {need}\n" for need in needs)
        folder = self.folder / "wheels"
        folder.mkdir(exist_ok=True)
        with zipfile.ZipFile(folder / f"{name}-1-{tag}.whl", "w") as archive:
            archive.writestr(f"{name}-1.dist-info/METADATA", metadata)
            archive.writestr(
                f"{name}-1.dist-info/WHEEL", f"Wheel-Version: 1.0\nGenerator: tests\nTag: {tag}\n"
            )
            for file, content in files.items():
                item = zipfile.ZipInfo(file)
                item.external_attr = (0o100755 if file == executable else 0o100644) << 16
                archive.writestr(item, content)
        return folder / f"{name}-1-{tag}.whl"

    def require_wheels(self, *names: str) -> None:
        """Require packages, to install from the wheels of this test only."""
        self.require("--no-index", f"--find-links {self.folder / 'wheels'}", *names)

    def run(self, **target: Any) -> subprocess.CompletedProcess[str]:
        """Run the script with changes to the `target`."""
        environ = {**os.environ, **self.environ}
        described = self.target | target
        return run(self.files, self.directories, described, self.python, environ)

    def modes(self, **target: Any) -> dict[str, int]:
        """Build the package and return the modes of its files."""
        self.contents(**target)
        with zipfile.ZipFile(self.zip) as archive:
            return {item.filename: item.external_attr >> 16 for item in archive.infolist()}

    def contents(self, **target: Any) -> dict[str, bytes]:
        """Build the package and return its files, in their order."""
        done = self.run(**target)
        assert done.returncode == 0, done.stderr
        with zipfile.ZipFile(self.zip) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def refusal(self, **target: Any) -> str:
        """Return the error message of a failed build, in one line."""
        self.zip.unlink(missing_ok=True)
        done = self.run(**target)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert not self.zip.exists()
        return " ".join(done.stderr.split())


def run(
    files: Mapping[str, tuple[Path, str]],
    directories: Mapping[str, Path],
    target: Mapping[str, Any],
    python: str = sys.executable,
    environ: Mapping[str, str] = os.environ,
) -> subprocess.CompletedProcess[str]:
    """Run the script as Terraform does. `files` have their hashes in the plan."""
    hashes = {name: sha256 for name, (_, sha256) in files.items()}
    roots = {}
    for prefix, folder in directories.items():
        found = {
            path.relative_to(folder).as_posix(): sha256_of(path) for path in files_below(folder)
        }
        hashes |= {f"{prefix}/{name}".lstrip("/"): sha256 for name, sha256 in found.items()}
        roots[prefix] = (str(folder), {name: sha256[:16] for name, sha256 in found.items()})
    singles = {name: (str(path), sha256[:16]) for name, (path, sha256) in files.items()}
    content = json.dumps({"files": singles, "directories": roots}).encode()
    text = base64.b64encode(gzip.compress(content)).decode()
    parts = [text[start : start + PART_LENGTH] for start in range(0, len(text), PART_LENGTH)]
    all_hashes = "\n".join(f"{hashes[name]} {name}" for name in sorted(hashes))
    described = {
        **target,
        "sources_sha256": hashlib.sha256(all_hashes.encode()).hexdigest(),
        "manifest_parts": len(parts),
    }
    return subprocess.run(
        [python, str(SCRIPT), json.dumps(described)],
        env={**environ, **{f"PACKAGE_MANIFEST_{n}": part for n, part in enumerate(parts)}},
        capture_output=True,
        text=True,
        check=False,
    )


def files_below(folder: Path) -> list[Path]:
    """Return all files in a directory."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def sha256_of(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
