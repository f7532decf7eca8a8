"""The error of every step."""


class PackageError(Exception):
    """The package cannot be built. The message says why, and how to solve it."""
