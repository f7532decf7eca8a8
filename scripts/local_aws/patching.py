"""Patches of moto that last as long as a `with` block."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

Patch = Callable[[Any, str, Any], None]
"""Takes a class or module, the name of one of its attributes, and the new value."""


@contextmanager
def patching() -> Iterator[Patch]:
    """Yield a function that patches; at the end of the block, everything is as it was."""
    with ExitStack() as stack:

        def patch(owner: Any, name: str, value: Any) -> None:
            if name in vars(owner):
                stack.callback(setattr, owner, name, vars(owner)[name])
            else:
                stack.callback(delattr, owner, name)
            setattr(owner, name, value)

        yield patch
