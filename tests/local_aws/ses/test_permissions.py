"""With IAM enforced, functions may send mail from the identities that their roles allow."""

from __future__ import annotations

import pytest

from local_aws import LocalAws

from ..roles import HERE, assert_requires

DENIED = [403, "AccessDenied"]
IDENTITY = f"arn:aws:ses:{HERE}:identity"


@pytest.mark.parametrize("identity", ["diva@example.org", "example.org"])
def test_a_mail_requires_the_permission_for_the_identity_that_is_verified(
    enforcing: LocalAws, identity: str
) -> None:
    ses = enforcing.client("ses")
    for each in ses.list_identities()["Identities"]:
        ses.delete_identity(Identity=each)
    if "@" in identity:
        ses.verify_email_identity(EmailAddress=identity)
    else:
        ses.verify_domain_identity(Domain=identity)
    mail = {
        "Source": "DIVA <diva@example.org>",
        "Destination": {"ToAddresses": ["ops@example.org"]},
        "Message": {"Subject": {"Data": "one"}, "Body": {"Text": {"Data": "two"}}},
    }
    resource, other = f"{IDENTITY}/{identity}", f"{IDENTITY}/other.org"
    assert_requires(enforcing, "ses", "send_email", mail, "ses:SendEmail", resource, other, DENIED)


def test_other_requests_require_a_permission_for_all_resources(enforcing: LocalAws) -> None:
    arguments = ("ses:ListIdentities", "*", f"{IDENTITY}/example.org", DENIED)
    assert_requires(enforcing, "ses", "list_identities", {}, *arguments)
