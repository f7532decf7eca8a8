"""The permissions that operations of SES require."""

from __future__ import annotations

from email.utils import parseaddr

from moto.backends import get_backend
from werkzeug.wrappers import Request

from local_aws import environ
from local_aws.iam.api_requests import arn, parse
from local_aws.iam.policies import Permission


def required(request: Request, region: str) -> list[Permission]:
    """Return what a request requires: the operation, for the identity that sends a mail."""
    call = parse(request)
    sender = parseaddr(str(call.parameters.get("Source", "")))[1]
    if not sender:
        return [Permission(f"ses:{call.operation}", "*")]
    # The address is the identity if it is verified itself, otherwise its domain is.
    verified = get_backend("ses")[environ.ACCOUNT_ID][region].email_identities
    identity = sender if sender in verified else sender.rpartition("@")[2]
    return [Permission(f"ses:{call.operation}", arn("ses", region, f"identity/{identity}"))]
