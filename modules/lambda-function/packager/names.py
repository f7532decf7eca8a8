"""Names of Python packages."""

import re


def normalized(name: str) -> str:
    """Return the form in which names are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()
