"""What is to be built."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """The package to build, and the platform of its function."""

    output: str
    runtime: str
    architecture: str
    sources_sha256: str
    """The SHA-256 from the plan over the names and contents of all source files."""
    manifest_parts: int
    """The number of environment variables that contain the list of source files."""
    handler_module: str | None
    """The path of the handler's module without its extension, or None if a layer can contain it."""
    requirements: str | None
    requirements_sha256: str | None
    zipped_limit_mb: int | None
    """The largest zip that can be uploaded directly, or None if it is uploaded to a bucket."""
    unzipped_limit_mb: int
    bucket_variable: str
    """The caller's name of the variable that uploads the package to a bucket."""

    @property
    def python(self) -> str:
        """The Python version of the function, for example `3.13`."""
        return self.runtime.removeprefix("python")
