"""Policy evaluation within one account, as IAM documents it.

An explicit deny in any policy wins. Otherwise an allow in any policy is enough, be it attached
to the principal (identity-based) or to the resource (resource-based). Everything else is
implicitly denied. A condition operator that is not known here fails closed: a statement with
one allows nothing, and denies whatever the rest of it matches.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Document = str | bytes
"""The JSON text of a policy."""


class Decision(Enum):
    """What policies come to for a permission."""

    ALLOW = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


@dataclass(frozen=True, slots=True)
class Permission:
    """An action on a resource. `context` holds the values of condition keys in lower case."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a request: the `kind` that policies use (AWS or Service), and all its names."""

    kind: str
    names: frozenset[str]

    @classmethod
    def service(cls, name: str) -> Principal:
        """Return the principal of an AWS service, such as `events.amazonaws.com`."""
        return cls("Service", frozenset([name]))

    @classmethod
    def in_account(cls, account_id: str, *arns: str) -> Principal:
        """Return the principal that has these ARNs. A policy may also name its whole account."""
        root = f"arn:aws:iam::{account_id}:root"
        return cls("AWS", frozenset([account_id, root, *arns]))


def evaluate(
    permission: Permission,
    *,
    identity_policies: Iterable[Document] = (),
    resource_policies: Iterable[Document] = (),
    principal: Principal | None = None,
) -> Decision:
    """Return what the policies decide about `permission`.

    Resource-based policies name principals, so `principal` must be given with them.
    """
    effects = {
        statement["Effect"]
        for statement in _statements(identity_policies)
        if _applies(statement, permission)
    } | {
        statement["Effect"]
        for statement in _statements(resource_policies)
        if _names(statement, principal) and _applies(statement, permission)
    }
    if "Deny" in effects:
        return Decision.EXPLICIT_DENY
    return Decision.ALLOW if "Allow" in effects else Decision.IMPLICIT_DENY


def _statements(policies: Iterable[Document]) -> Iterable[Mapping[str, Any]]:
    for policy in policies:
        yield from _listed(json.loads(policy)["Statement"])


def _applies(statement: Mapping[str, Any], permission: Permission) -> bool:
    return (
        _matches(statement, "Action", permission.action.lower(), str.lower)
        and _matches(statement, "Resource", permission.resource, str)
        and _meets_conditions(statement, permission.context)
    )


def _names(statement: Mapping[str, Any], principal: Principal | None) -> bool:
    """Whether a statement of a resource-based policy is about `principal`."""
    assert principal is not None
    if "NotPrincipal" in statement:
        return not _is_among(principal, statement["NotPrincipal"])
    return _is_among(principal, statement.get("Principal", {}))


def _is_among(principal: Principal, named: Any) -> bool:
    if isinstance(named, str):
        return named == "*"
    names = _listed(named.get(principal.kind, []))
    return "*" in _listed(named.get("AWS", [])) or any(name in principal.names for name in names)


def _matches(
    statement: Mapping[str, Any], element: str, value: str, normalize: Callable[[str], str]
) -> bool:
    negated = f"Not{element}" in statement
    patterns = _listed(statement.get(f"Not{element}" if negated else element, []))
    return negated != any(_is_like(normalize(pattern), value) for pattern in patterns)


def _meets_conditions(statement: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    for operator, expected in statement.get("Condition", {}).items():
        compare = _OPERATORS.get(operator.lower())
        if compare is None:
            if statement["Effect"] == "Allow":
                return False
            continue
        for key, patterns in expected.items():
            value = context.get(key.lower())
            if value is None or not any(compare(str(each), value) for each in _listed(patterns)):
                return False
    return True


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
