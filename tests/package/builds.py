"""The packaging script, run with the files and wheels of a test."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from cli.common import paths

SCRIPT = paths.ROOT / "modules" / "lambda-function" / "package.py"


class Build:
    """A directory with sources and wheels, and the script that packages them in a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.zip = folder / "built" / "function.zip"
        self.python = sys.executable
        self.sources: list[dict[str, str | None]] = []
        self.target: dict[str, Any] = {
            "output": str(self.zip),
            "runtime": "python3.13",
            "architecture": "arm64",
            "requirements": None,
            "requirements_sha256": None,
            "limit_mb": 50,
        }
        self.add("event_logic.py", "def get_events():\n    return {}\n")

    def add(self, name: str, content: str, sha256: str | None = None) -> Path:
        """Add a text file. `sha256` is its hash in the plan, by default the correct one."""
        return self.add_bytes(name, content.encode(), sha256)

    def add_bytes(self, name: str, content: bytes, sha256: str | None = None) -> Path:
        """Add a binary file."""
        path = self.folder / "sources" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.take(name, sha256)
        return path

    def take(self, name: str, sha256: str | None = None, root: Path | None = None) -> None:
        """Add an existing file. `root` is the directory that is packaged, if it is part of one."""
        path = self.folder / "sources" / name
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        source = {"name": name, "path": str(path), "sha256": sha256 or found}
        self.sources.append({**source, "root": None if root is None else str(root)})

    def require(self, *lines: str) -> None:
        """Write a requirements file."""
        content = "".join(f"{line}\n" for line in lines)
        path = self.folder / "requirements.txt"
        path.write_text(content, encoding="utf-8")
        self.target["requirements"] = str(path)
        self.target["requirements_sha256"] = hashlib.sha256(content.encode()).hexdigest()

    def wheel(self, name: str, tag: str, files: dict[str, str], *needs: str) -> None:
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
                archive.writestr(file, content)

    def require_wheels(self, *names: str) -> None:
        """Require packages, to install from the wheels of this test only."""
        self.require("--no-index", f"--find-links {self.folder / 'wheels'}", *names)

    def run(self, **target: Any) -> subprocess.CompletedProcess[str]:
        """Run the script with changes to the `target`."""
        arguments = [*self.sources, self.target | target]
        return subprocess.run(
            [self.python, str(SCRIPT), *map(json.dumps, arguments)],
            capture_output=True,
            text=True,
            check=False,
        )

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
