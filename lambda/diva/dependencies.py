"""Dependencies between events: cycles, and an order that puts parents first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

Dependencies = Mapping[str, Iterable[str]]
"""By event, the names of the events that it depends on."""


def parents_first(names: list[str], dependencies: Dependencies) -> list[str]:
    """Return `names` with each event after its parents, otherwise in the order given."""
    if not any(dependencies.values()):
        return names
    depth: dict[str, int] = {}
    for name in TopologicalSorter(dependencies).static_order():
        depth[name] = 1 + max((depth[each] for each in dependencies.get(name, ())), default=0)
    return sorted(names, key=depth.__getitem__)


def cycles(dependencies: Dependencies) -> list[list[str]]:
    """Return disjoint cycles, each a list of names that ends with its first name.

    Without the events in these cycles, there are no cycles left.
    """
    rest = {name: tuple(each) for name, each in dependencies.items()}
    found: list[list[str]] = []
    while True:
        try:
            TopologicalSorter(rest).prepare()
        except CycleError as error:
            found.append(error.args[1])
            rest = {name: each for name, each in rest.items() if name not in found[-1]}
            continue
        return found
