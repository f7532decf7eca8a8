"""What the tests of the embedded AWS itself share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from local_aws import LocalAws


@pytest.fixture(scope="module")
def running() -> Iterator[LocalAws]:
    """An embedded AWS of the module's own."""
    from local_aws import LocalAws  # moto takes seconds to import, and most tests need none

    with LocalAws() as aws:
        yield aws
