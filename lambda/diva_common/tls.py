"""Which certificates functions trust."""

from __future__ import annotations

import ssl
from collections.abc import Mapping


def tls_context(environ: Mapping[str, str]) -> ssl.SSLContext:
    """Return a context that verifies the certificate and the host name of servers.

    It trusts the public certificate authorities and those in CA_CERTIFICATES_PEM.
    """
    context = ssl.create_default_context()
    if certificates := environ.get("CA_CERTIFICATES_PEM"):
        context.load_verify_locations(cadata=certificates)
    return context
