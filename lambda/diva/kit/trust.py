"""Which certificates of servers are trusted."""

from __future__ import annotations

import functools
import os
import ssl


def trusting() -> ssl.SSLContext:
    """Return a context that verifies certificates and host names of servers.

    It trusts the public certificate authorities, or those in the file that the environment
    variable SSL_CERT_FILE names.
    """
    return _context(os.environ.get("SSL_CERT_FILE"))


@functools.cache
def _context(file: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=file)
