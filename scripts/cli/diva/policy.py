"""`diva policy`: print the IAM policy for the callbacks of the kit in a file."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator

from diva.kit import all_of
from diva.kit.permission import Permission
from diva.policy import Callback, read_policies

from ..common.output import Output
from ..common.stderr import print_stderr
from ..common.text import printable
from .event_logic_file import EventLogicFile
from .problems import print_problems

_CALLBACKS = ("detect", "inject", "alert", "resolve")


def policy(given: argparse.Namespace, output: Output) -> int:
    """Print the policy, or all problems of the events. Raises InvalidEventLogic."""
    policies = read_policies(EventLogicFile(given.file).events())
    if policies.problems:
        print_problems(given.file, policies.problems)
        return 1
    permissions: dict[Permission, None] = {}
    for event in policies.valid.values():
        for option in _CALLBACKS:
            for callback in _parts(getattr(event, option)):
                if _is_of_kit(callback):
                    permissions |= dict.fromkeys(getattr(callback, "permissions", ()))
                else:
                    print_stderr(
                        f"note: event {printable(event.name)!r}: {option} calls a function of your "
                        "own. Add the actions that it needs."
                    )
    document = {"Version": "2012-10-17", "Statement": list(statements(permissions))}
    print(json.dumps(document, indent=2))
    return 0


def statements(permissions: Iterable[Permission]) -> Iterator[dict[str, object]]:
    """Yield the statements that allow `permissions`, as few as possible."""
    actions = defaultdict(list)
    for each in permissions:
        actions[each.resource, each.condition].append(each.action)
    resources = defaultdict(list)
    for (resource, condition), several in actions.items():
        resources[tuple(sorted(several)), condition].append(resource)
    for (allowed, condition), on in resources.items():
        statement: dict[str, object] = {
            "Effect": "Allow",
            "Action": list(allowed),
            "Resource": sorted(on),
        }
        if condition is not None:
            statement["Condition"] = {"StringEquals": dict([condition])}
        yield statement


def _parts(callback: Callback | None) -> Iterator[Callback]:
    if isinstance(callback, all_of):
        for each in callback.callbacks:
            yield from _parts(each)
    elif callback is not None:
        yield callback


def _is_of_kit(callback: Callback) -> bool:
    return type(callback).__module__.startswith("diva.kit.")
