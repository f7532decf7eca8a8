"""The picture of the page in the README, which `docs/picture` makes from the sample."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from cli.common import browser
from cli.common.paths import ROOT
from cli.common.report_page.page import EventLogic, render, write
from diva.policy import read_policies

from . import sample

FILE = ROOT / "docs" / "report.png"
WIDTH, HEIGHT = 1200, 915


def make(chromium: Browser, file: Path) -> None:
    """Write the picture to `file`."""
    logic = EventLogic("event_logic.py", read_policies(sample.event_logic()))
    with tempfile.TemporaryDirectory() as folder:
        html = Path(folder) / "report.html"
        write(html, render(sample.records(), sample.PLACE, sample.NOW, logic))
        page = chromium.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(html.as_uri())
        page.locator("summary").first.click()
        page.screenshot(path=file)
        page.close()


def main() -> None:
    """Write the picture of the README."""
    found = browser.find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.path, args=list(browser.FLAGS), env={**found.environ}
        )
        make(chromium, FILE)
        chromium.close()


if __name__ == "__main__":
    main()
