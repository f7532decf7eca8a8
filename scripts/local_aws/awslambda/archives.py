"""Zip files, each unpacked once and found again by its content."""

import hashlib
import io
import os
import sys
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path


class Archives:
    """A folder of unpacked deployment packages and layers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unpacking = threading.Lock()

    def unpack(self, archives: Sequence[bytes]) -> Path:
        """Return a folder with the files of all archives. The later ones take precedence."""
        digest = hashlib.sha256()
        for archive in archives:
            digest.update(hashlib.sha256(archive).digest())
        folder = self._folder / digest.hexdigest()[:16]
        with self._unpacking:
            if not folder.exists():
                unfinished = folder.with_suffix(".part")
                unfinished.mkdir(parents=True)
                for archive in archives:
                    _extract(archive, unfinished)
                unfinished.rename(folder)
        return folder


def layer_path(folder: Path) -> list[Path]:
    """Return what Lambda adds to `sys.path` for layers that are unpacked to `folder`."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return [folder / "python" / "lib" / version / "site-packages", folder / "python"]


def _extract(archive: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for member in opened.infolist():
            path = opened.extract(member, folder)
            mode = member.external_attr >> 16 & 0o777
            if mode and not member.is_dir() and os.name != "nt":
                os.chmod(path, mode | 0o600)  # or it could not be removed
