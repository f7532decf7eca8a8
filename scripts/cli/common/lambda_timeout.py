"""The timeout of a Lambda function."""

from __future__ import annotations

DEFAULT_SEC = 60
"""The default of the module's `lambda_timeout_sec`."""
LONGEST_SEC = 900
"""The limit of Lambda."""
