"""What a deployed function runs with if nobody says otherwise, and Lambda's own limits."""

from __future__ import annotations

from diva.settings import read_settings

MAX_WORKERS = read_settings({"DIVA_STATE_BUCKET": "-", "DIVA_STATE_KEY": "-"}).max_workers
TIMEOUT_SEC = 60
"""The default of the module's `lambda_timeout_sec`."""
LONGEST_TIMEOUT_SEC = 900
"""Lambda's own limit."""
