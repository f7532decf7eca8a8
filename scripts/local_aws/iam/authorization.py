"""What functions may do: where it is enforced, what the policies of their roles allow.

Each execution environment has credentials of its own, which stand for its function's role.
Whoever else calls, such as Terraform or a test, may do everything. A permission is looked up
when it is used, so that a change of a policy counts at once.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from werkzeug.wrappers import Request, Response

from local_aws import environ
from local_aws.awslambda.function import Function
from local_aws.awslambda.permissions import of_configuration
from local_aws.iam.access_denied import refusal
from local_aws.iam.policies import Need, why_refused
from local_aws.iam.requests import needs, needs_of_sending
from local_aws.kms.permissions import key_needs
from local_aws.request_lock import request_lock

_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")


class KmsAccessDenied(LambdaClientError):
    """Lambda could not decrypt a function's environment in its role's name."""

    code = 502

    def __init__(self, reason: str) -> None:
        super().__init__(
            "KMSAccessDeniedException",
            "Lambda was unable to decrypt the environment variables because KMS access was "
            "denied. Please check the function's KMS key settings. KMS Exception: "
            f"AccessDeniedException KMS Message: {reason}",
        )


class Permissions:
    """The credentials of all functions, and whether what is done with them is checked."""

    def __init__(self) -> None:
        self._enforced = False
        self._functions: dict[str, Function] = {}

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """Check what functions do, and what AWS does in their roles' names, in a `with` block."""
        self._enforced = True
        try:
            yield
        finally:
            self._enforced = False

    @request_lock
    def credentials(self, function: Function) -> dict[str, str]:
        """Return new credentials of the function's role, for an environment that starts.

        Raises KmsAccessDenied where the role may not decrypt the function's variables.
        """
        key = function.kms_key_arn if function.environment else None
        for need in key_needs(function.region, key, "Decrypt"):
            if reason := self._why_refused(function.role, function.name, need):
                raise KmsAccessDenied(reason)
        access_key_id = f"ASIA{secrets.token_hex(8).upper()}"
        self._functions[access_key_id] = function
        return {
            "AWS_ACCESS_KEY_ID": access_key_id,
            "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
            "AWS_SESSION_TOKEN": secrets.token_urlsafe(90),
        }

    def may_log(self, action: str, function: Function, stream: str) -> bool:
        """Whether Lambda may do `action` with a log stream in the name of the function's role."""
        place = f"{function.region}:{environ.ACCOUNT_ID}"
        resource = f"arn:aws:logs:{place}:log-group:{function.log_group}:log-stream:{stream}"
        return not self._why_refused(function.role, function.name, Need(action, resource))

    def may_send(self, function: Function, target: str) -> bool:
        """Whether Lambda may send to a queue, topic or function in the name of the role.

        Raises NotImplementedError for anything else.
        """
        return not any(
            self._why_refused(function.role, function.name, need)
            for need in needs_of_sending(target)
        )

    def check_configuration(self, role: str, name: str, configuration: Mapping[str, Any]) -> None:
        """Raise what Lambda does where a role may not do what a configuration takes."""
        for need in of_configuration(configuration):
            if self._why_refused(role, name, need):
                service, action = need.action.split(":")
                raise InvalidParameterValueException(
                    "The provided execution role does not have permissions to call "
                    f"{action} on {service.upper()}"
                )

    def refusal(self, given: dict[str, Any]) -> Response | None:
        """Return the answer to a request that a function may not make; None lets it pass.

        `given` is the request as WSGI has it. Raises NotImplementedError where it is not known
        here which permission the request takes.
        """
        signed = _SIGNED.match(given.get("HTTP_AUTHORIZATION", ""))
        function = signed and self._functions.get(signed[1])
        if not (self._enforced and signed and function):
            return None
        request = Request(given)
        body = request.get_data(parse_form_data=False)
        given["wsgi.input"] = BytesIO(body)
        region, service = signed[2], signed[3]
        for need in needs(Request({**given, "wsgi.input": BytesIO(body)}), service, region):
            if reason := self._why_refused(function.role, function.name, need):
                return refusal(request, service, need.action, reason)
        return None

    def forget(self) -> None:
        """Take all credentials back."""
        self._functions.clear()

    def _why_refused(self, role_arn: str, session: str, need: Need) -> str | None:
        """Return IAM's sentence about what a role may not do, None if it may."""
        if not self._enforced:
            return None
        why = why_refused(_documents(role_arn), need)
        if why is None:
            return None
        name = role_arn.rpartition("/")[2]
        user = f"arn:aws:sts::{environ.ACCOUNT_ID}:assumed-role/{name}/{session}"
        return (
            f"User: {user} is not authorized to perform: {need.action} "
            f"on resource: {need.resource} {why}"
        )


def _documents(role_arn: str) -> list[str]:
    """Return the policies of a role, its own and those attached to it."""
    try:
        role = iam_backends[environ.ACCOUNT_ID]["aws"].get_role_by_arn(role_arn)
    except NotFoundException:
        return []
    attached = [
        version.document
        for policy in role.managed_policies.values()
        for version in policy.versions
        if version.version_id == policy.default_version_id
    ]
    return [*role.policies.values(), *attached]
