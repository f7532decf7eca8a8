"""The browser that shows the page."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from cli.common import browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser for all tests. Without one they are skipped, except on Linux in CI."""
    try:
        found = browser.find()
    except browser.BrowserError as error:
        if os.environ.get("CI") == "true" and browser.HAS_PACKAGE:
            raise
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=found.path, args=list(browser.FLAGS), env={**found.environ}
        )
        try:
            yield started
        finally:
            started.close()
