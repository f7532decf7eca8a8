"""The package: the source files and the wheels, checked and written."""

import os

from .archive import write
from .compiled import check_machine
from .errors import PackageError
from .files import File
from .handler import check_handler
from .sources import listed, read, read_all
from .syntax import check_syntax
from .target import Target
from .wheels import install


def build(target: Target) -> str:
    """Write the package and return a one-line summary."""
    sources = listed(os.environ, target.manifest_parts)
    files = read_all(sources, target.sources_sha256)
    for source in sources:
        if source.name.endswith(".py"):
            check_syntax(source.path, files[source.name].content, target.python)
    if target.requirements:
        read(target.requirements, target.requirements_sha256)
        files = _merged(target, files, install(target))
    if target.handler_module is not None:
        check_handler(target.handler_module, files)
    for name, file in files.items():
        check_machine(name, file.content, target.architecture)
    size_mb = write(target, files)
    return f"Built {target.output}: {len(files)} files, {size_mb:.1f} MB"


def _merged(target: Target, sources: dict[str, File], wheels: dict[str, File]) -> dict[str, File]:
    common = sorted(sources.keys() & wheels.keys())
    if common:
        what, it = f"{common[0]}, which is also a source file", "it"
        if len(common) > 1:
            what, it = f"{common[0]} and {len(common) - 1} more that are also source files", "them"
        raise PackageError(
            f"{target.requirements} installs {what}. Delete {it} from the sources if `pip install"
            f" --target` left {it} there, otherwise rename {it}."
        )
    return sources | wheels
