"""The zip: sorted, dated alike everywhere, deflated, and within the limits of Lambda."""

import math
import os
import tempfile
import zipfile
from collections import Counter
from pathlib import Path

from .errors import PackageError
from .files import File
from .target import Target

MB = 2**20


def write(target: Target, files: dict[str, File]) -> float:
    """Write the zip and return its size in MB. Raise PackageError if it is too large."""
    _check_unzipped(target, files)
    output = Path(target.output)
    output.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=output.parent, suffix=".zip")
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for name in sorted(files):
                item = zipfile.ZipInfo(name)  # dated 1980-01-01
                item.create_system = 3  # Unix, so that external_attr contains the mode
                item.external_attr = (0o100755 if files[name].is_executable else 0o100644) << 16
                archive.writestr(item, files[name].content, zipfile.ZIP_DEFLATED)
        size = os.path.getsize(temporary)
        if target.zipped_limit_mb is not None and size > target.zipped_limit_mb * MB:
            raise PackageError(
                "A package that is uploaded directly must be at most"
                f" {target.zipped_limit_mb} MB zipped, but this package is {_in_mb(size)} MB. Set"
                f" {target.bucket_variable} to upload it to a bucket."
            )
        os.replace(temporary, output)
    except BaseException:
        os.unlink(temporary)
        raise
    return _in_mb(size)


def _check_unzipped(target: Target, files: dict[str, File]) -> None:
    sizes: Counter[str] = Counter()
    for name, file in files.items():
        sizes[name.partition("/")[0]] += len(file.content)
    if sizes.total() > target.unzipped_limit_mb * MB:
        largest = ", ".join(f"{name} ({_in_mb(size)} MB)" for name, size in sizes.most_common(3))
        raise PackageError(
            f"The package must be at most {target.unzipped_limit_mb} MB unzipped, but is"
            f" {_in_mb(sizes.total())} MB. Its largest parts are {largest}. Remove what the"
            " function does not need. Layers count too: deploy a container image for more."
        )


def _in_mb(size: int) -> float:
    """Return a size that is never less than it is, so that no limit appears to be kept."""
    return math.ceil(size / MB * 10) / 10
