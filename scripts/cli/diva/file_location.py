"""The location of state in a local file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from diva.state import Record
from diva.stores import Store, StoreError

from ..common.state_location import decoded
from .file_store import FileStore


class FileLocation:
    """The state file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.name = f"state file {path}"

    def records(self) -> Mapping[str, Record]:
        try:
            return decoded(self._path.read_bytes(), self.name)
        except FileNotFoundError as error:
            raise StoreError(f"{self.name} does not exist") from error
        except OSError as error:
            raise StoreError(f"{self.name} could not be read: {error.strerror}") from error

    def stores(self, events: Sequence[str]) -> Iterator[tuple[Store, Sequence[str]]]:
        yield FileStore(self._path), events
