"""How each service says that a caller may not do something."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from werkzeug.wrappers import Request, Response

_KMS_CODES = {"sns": "KMSAccessDenied", "sqs": "KMS.AccessDeniedException"}


def refusal(request: Request, service: str, action: str, message: str) -> Response:
    """Return the answer to `request`, for which `action` is missing."""
    if service == "s3":
        error = f"<Error><Code>AccessDenied</Code><Message>{escape(message)}</Message></Error>"
        return _xml(403, "" if request.method == "HEAD" else error)
    of_key = action.startswith("kms:") and service in _KMS_CODES
    if "X-Amz-Target" in request.headers:
        return _json(request, service, of_key, message)
    code = "AuthorizationError" if service == "sns" else "AccessDenied"
    code = _KMS_CODES[service] if of_key else code
    error = f"<Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
    answer = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
    return _xml(400 if of_key else 403, answer)


def _json(request: Request, service: str, of_key: bool, message: str) -> Response:
    shape = "KmsAccessDenied" if of_key else "AccessDeniedException"
    body = json.dumps({"__type": f"com.amazon.coral.service#{shape}", "message": message})
    answer = Response(body, 400, content_type=request.content_type)
    if service == "sqs":  # which spoke XML once, and still tells the codes it had then
        answer.status_code = 400 if of_key else 403
        code = _KMS_CODES[service] if of_key else "AccessDenied"
        answer.headers["x-amzn-query-error"] = f"{code};Sender"
    return answer


def _xml(status: int, body: str) -> Response:
    return Response(body, status, content_type="application/xml")
