"""The permissions that operations of Lambda require."""

from __future__ import annotations

import re
from urllib.parse import unquote

from werkzeug.wrappers import Request

from local_aws.iam.api_requests import arn
from local_aws.iam.policies import Permission

_INVOKE = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires. Raises NotImplementedError for all but Invoke."""
    invoked = _INVOKE.fullmatch(request.path)
    if invoked is None:
        what = f"{request.method} {request.path}"
        raise NotImplementedError(f"which permission {what} of Lambda requires is not known here.")
    function = unquote(invoked[1])
    if not function.startswith("arn:"):
        function = arn("lambda", region, f"function:{function}")
    if qualifier := request.args.get("Qualifier"):
        function = f"{function}:{qualifier}"
    return [Permission("lambda:InvokeFunction", function)]
