"""The picture of the page in the README."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from cli.common.paths import ROOT

from . import picture

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def test_the_picture_is_made_anew(chromium: Browser, tmp_path: Path) -> None:
    picture.make(chromium, tmp_path / "report.png")
    made, committed = (tmp_path / "report.png").read_bytes(), picture.FILE.read_bytes()
    for each in (made, committed):
        assert each.startswith(SIGNATURE)
        size = (int.from_bytes(each[16:20], "big"), int.from_bytes(each[20:24], "big"))
        assert size == (picture.WIDTH, picture.HEIGHT)
        assert len(each) < 150_000


def test_the_readme_shows_it() -> None:
    assert picture.FILE.relative_to(ROOT).as_posix() in (ROOT / "README.md").read_text("utf-8")
