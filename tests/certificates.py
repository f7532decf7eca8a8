"""Certificates for servers that tests start."""

from __future__ import annotations

import ssl
from datetime import datetime
from functools import cache

import trustme

HOST = "127.0.0.1"


@cache
def authority() -> trustme.CA:
    """The certificate authority that the functions are told to trust."""
    return trustme.CA()


def trusted_pem() -> str:
    """Return what goes into CA_CERTIFICATES_PEM."""
    return authority().cert_pem.bytes().decode()


def server_context(
    ca: trustme.CA | None = None, host: str = HOST, not_after: datetime | None = None
) -> ssl.SSLContext:
    """Return the TLS of a server: by default, one that the functions trust."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    (ca or authority()).issue_cert(host, not_after=not_after).configure_cert(context)
    return context
