"""The state of all events in a local JSON file."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from diva.report import log_corrupt_state
from diva.stores import Changes, Conflict, Snapshot, StoreError, document, merged

from ..common.file_lock import locked


class FileStore:
    """The file `path`, which each write replaces. Its folder must exist."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Snapshot:
        body = self._bytes()
        if body is None:
            return Snapshot({})
        try:
            return Snapshot(document.decode(body), _version(body))
        except document.CorruptDocument as error:
            kept = Path(document.kept_as(str(self._path)))
            try:
                kept.write_bytes(body)
            except OSError as failure:
                raise StoreError(
                    f"corrupt state file {self._path} could not be kept aside: {failure}"
                ) from failure
            log_corrupt_state(f"file {self._path}", error, str(kept))
            return Snapshot({}, _version(body))

    def write(self, snapshot: Snapshot, changes: Changes) -> Snapshot:
        records = merged(snapshot, changes)
        body = document.encode(records)
        try:
            with locked(self._path.with_name(f".{self._path.name}.lock")):
                if _version(self._bytes()) == snapshot.version:
                    self._replace(body)
                    return Snapshot(records, _version(body))
        except OSError as error:
            raise StoreError(f"state file {self._path} could not be written: {error}") from error
        raise Conflict

    def _bytes(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"state file {self._path} could not be read: {error}") from error

    def _replace(self, body: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
            os.replace(name, self._path)
        except BaseException:
            os.unlink(name)
            raise


def _version(body: bytes | None) -> str | None:
    return None if body is None else hashlib.sha256(body).hexdigest()
