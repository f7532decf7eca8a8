"""Who makes a request, and whether their policies allow it.

The code of a function calls AWS with temporary credentials of its execution role. The policies
of the role are read at every request, so that a change takes effect at once. All other callers,
such as Terraform and tests, act for the account and are allowed everything.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from werkzeug.wrappers import Request, Response

from local_aws import environ
from local_aws.iam.access_denied import AccessDenied, response_to
from local_aws.iam.api_requests import RequiredPermissions, parse
from local_aws.iam.policies import Decision, Permission, Principal, evaluate

_SIGNATURE = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class RoleSession:
    """A role that is assumed under a name, such as that of a function."""

    role_arn: str
    name: str

    @property
    def arn(self) -> str:
        role = self.role_arn.rpartition("/")[2]
        return f"arn:aws:sts::{environ.ACCOUNT_ID}:assumed-role/{role}/{self.name}"

    def policies(self) -> list[str]:
        """Return the policies of the role, inline and attached; none if it does not exist."""
        try:
            role = iam_backends[environ.ACCOUNT_ID]["aws"].get_role_by_arn(self.role_arn)
        except NotFoundException:
            return []
        attached = [
            version.document
            for policy in role.managed_policies.values()
            for version in policy.versions
            if version.version_id == policy.default_version_id
        ]
        return [*role.policies.values(), *attached]


class Authorization:
    """The temporary credentials of roles, and whether policies are enforced."""

    def __init__(self, required: Mapping[str, RequiredPermissions]) -> None:
        """Take what the requests to each service require, by the name of the service.

        Requests to all other services require a statement for every resource.
        """
        self._required = required
        self._enforced = False
        self._sessions: dict[str, RoleSession] = {}

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """Enforce the policies of roles in a `with` block."""
        self._enforced = True
        try:
            yield
        finally:
            self._enforced = False

    def credentials(self, session: RoleSession) -> dict[str, str]:
        """Return new temporary credentials, as environment variables."""
        access_key_id = f"ASIA{secrets.token_hex(8).upper()}"
        self._sessions[access_key_id] = session
        return {
            "AWS_ACCESS_KEY_ID": access_key_id,
            "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
            "AWS_SESSION_TOKEN": secrets.token_urlsafe(90),
        }

    def revoke_credentials(self) -> None:
        """Forget all temporary credentials."""
        self._sessions.clear()

    def principal(self, authorization_header: str) -> Principal:
        """Return who has signed a request: a role, or else the account."""
        signature = _SIGNATURE.match(authorization_header)
        session = self._sessions.get(signature[1]) if signature else None
        arns = (session.role_arn, session.arn) if session else ()
        return Principal.in_account(environ.ACCOUNT_ID, *arns)

    def denied(
        self, session: RoleSession, permissions: Iterable[Permission]
    ) -> AccessDenied | None:
        """Return the first of the permissions that a role lacks, None if it has them all."""
        for permission in permissions if self._enforced else ():
            decision = evaluate(permission, identity_policies=session.policies())
            if decision is not Decision.ALLOW:
                return AccessDenied(session.arn, permission, decision)
        return None

    def check(self, request: Request) -> Response | None:
        """Return the response to a request that a role is not allowed to make, None otherwise.

        Raises NotImplementedError where it is not known here what the request requires.
        """
        signature = _SIGNATURE.match(request.headers.get("Authorization", ""))
        session = self._sessions.get(signature[1]) if signature else None
        if not (self._enforced and signature and session):
            return None
        region, service = signature[2], signature[3]
        required = self._required.get(service)
        permissions = required(request, region) if required else _by_default(request, service)
        denied = self.denied(session, permissions)
        return response_to(request, service, denied) if denied else None


def _by_default(request: Request, service: str) -> list[Permission]:
    action = f"{service}:{parse(request).operation}"
    # Everyone may ask, even against an explicit deny.
    return [] if action == "sts:GetCallerIdentity" else [Permission(action, "*")]
