"""How each service responds to a caller who is not authorized."""

from __future__ import annotations

import json
from dataclasses import dataclass
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

from local_aws.iam.policies import Decision, Permission

_KMS_CODES = {"sns": "KMSAccessDenied", "sqs": "KMS.AccessDeniedException"}


@dataclass(frozen=True, slots=True)
class AccessDenied:
    """The permission that a user (an ARN) lacks, and the decision of the policies."""

    user: str
    permission: Permission
    decision: Decision

    @property
    def message(self) -> str:
        """The sentence in which IAM reports it."""
        action = self.permission.action
        why = (
            "with an explicit deny in an identity-based policy"
            if self.decision is Decision.EXPLICIT_DENY
            else f"because no identity-based policy allows the {action} action"
        )
        resource = self.permission.resource
        return (
            f"User: {self.user} is not authorized to perform: {action} on resource: {resource} "
            f"{why}"
        )


def response_to(request: Request, service: str, denied: AccessDenied) -> Response:
    """Return the response of `service` to a request that is denied."""
    message = denied.message
    if service == "s3":
        error = f"<Error><Code>AccessDenied</Code><Message>{escape(message)}</Message></Error>"
        return _xml(403, "" if request.method == "HEAD" else error)
    if service == "lambda":
        error_type = {"x-amzn-ErrorType": "AccessDeniedException"}
        body = json.dumps({"Message": message})
        return Response(body, 403, error_type, content_type="application/json")
    by_kms = denied.permission.action.startswith("kms:") and service in _KMS_CODES
    if "X-Amz-Target" in request.headers:
        return _json(request, service, by_kms, message)
    if service == "ec2":
        error = f"<Code>UnauthorizedOperation</Code><Message>{escape(message)}</Message>"
        return _xml(403, f"<Response><Errors><Error>{error}</Error></Errors></Response>")
    code = "AuthorizationError" if service == "sns" else "AccessDenied"
    code = _KMS_CODES[service] if by_kms else code
    error = f"<Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
    return _xml(400 if by_kms else 403, f"<ErrorResponse><Error>{error}</Error></ErrorResponse>")


def _json(request: Request, service: str, by_kms: bool, message: str) -> Response:
    shape = "KmsAccessDenied" if by_kms else "AccessDeniedException"
    body = json.dumps({"__type": f"com.amazon.coral.service#{shape}", "message": message})
    response = Response(body, 400, content_type=request.content_type)
    if service == "sqs":
        # Clients know the errors of SQS by the codes of its former XML protocol.
        response.status_code = 400 if by_kms else 403
        code = _KMS_CODES[service] if by_kms else "AccessDenied"
        response.headers["x-amzn-query-error"] = f"{code};Sender"
    return response


def _xml(status: int, body: str) -> Response:
    return Response(body, status, content_type="application/xml")
