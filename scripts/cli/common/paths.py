"""The project and the cache of its commands."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def cache_home() -> Path:
    """Return the cache folder: `DIVA_CACHE_DIR`, or `diva` in the cache folder of the user."""
    if os.environ.get("DIVA_CACHE_DIR"):
        return Path(os.environ["DIVA_CACHE_DIR"])
    if os.environ.get("XDG_CACHE_HOME"):
        return Path(os.environ["XDG_CACHE_HOME"]) / "diva"
    if os.name == "nt":
        return Path(os.environ["LOCALAPPDATA"]) / "diva"
    return Path.home() / ".cache" / "diva"
