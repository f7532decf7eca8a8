"""The module that contains the handler."""

from collections.abc import Collection

from .errors import PackageError


def check_handler(module: str, names: Collection[str]) -> None:
    """Raise PackageError if no file of the package can be the handler's module."""
    # Compiled modules have the platform in their names, for example main.cpython-313-….so.
    if not any(
        name in (f"{module}.py", f"{module}/__init__.py")
        or (name.startswith(f"{module}.") and name.endswith(".so"))
        for name in names
    ):
        raise PackageError(
            f"The module of the handler must be in the package, but neither the sources nor the"
            f" requirements contain {module}.py."
        )
