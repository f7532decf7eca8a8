"""What IAM policies say of an action on a resource."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Need:
    """A permission that something takes; `context` holds condition keys, in lower case."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


def why_refused(documents: Iterable[str], need: Need) -> str | None:
    """Return why the policies refuse what is needed, in IAM's words; None if they allow it."""
    allowed = False
    for document in documents:
        for statement in _listed(json.loads(document)["Statement"]):
            if not _applies(statement, need):
                continue
            if statement["Effect"] == "Deny":
                return "with an explicit deny in an identity-based policy"
            allowed = True
    return None if allowed else f"because no identity-based policy allows the {need.action} action"


def holds(condition: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    """Whether all of a statement's condition holds; what is not known here does not."""
    for operator, expected in condition.items():
        compare = _OPERATORS.get(operator.lower())
        for key, patterns in expected.items():
            value = context.get(key.lower())
            if compare is None or value is None:
                return False
            if not any(compare(str(pattern), value) for pattern in _listed(patterns)):
                return False
    return True


def _applies(statement: Mapping[str, Any], need: Need) -> bool:
    return (
        _concerns(statement, "Action", need.action.lower(), str.lower)
        and _concerns(statement, "Resource", need.resource, str)
        and holds(statement.get("Condition", {}), need.context)
    )


def _concerns(
    statement: Mapping[str, Any], element: str, value: str, normal: Callable[[str], str]
) -> bool:
    negated = element not in statement
    patterns = _listed(statement[f"Not{element}" if negated else element])
    return negated != any(_is_like(normal(pattern), value) for pattern in patterns)


def _is_like(pattern: str, value: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, value, re.DOTALL) is not None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "arnequals": _is_like,
    "arnlike": _is_like,
    "bool": lambda expected, value: expected.lower() == value.lower(),
    "stringequals": str.__eq__,
    "stringlike": _is_like,
}
