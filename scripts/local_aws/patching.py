"""Putting something else in a place of moto's, for a while."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

# a class, module or dict, the name of its attribute or item, the value to put there
Replace = Callable[[Any, str, Any], None]


def replacing(stack: ExitStack) -> Replace:
    """Return a function that replaces attributes, or items of a dict, until `stack` is closed."""

    def replace(owner: Any, name: str, value: Any) -> None:
        if isinstance(owner, dict):
            stack.callback(owner.__setitem__, name, owner[name])
            owner[name] = value
            return
        if name in vars(owner):
            stack.callback(setattr, owner, name, vars(owner)[name])
        else:
            stack.callback(delattr, owner, name)
        setattr(owner, name, value)

    return replace
