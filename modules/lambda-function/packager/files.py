"""A file of the package."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """The content of a file, and whether the function can execute it."""

    content: bytes
    is_executable: bool = False
