"""Where the browser comes from."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from cli.common import browser
from cli.common.browser import BrowserError, find


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH, which is empty, beside a cache that is empty too."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("DIVA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(browser, "HAS_PACKAGE", True)
    return folder


def program(file: Path, script: str = "") -> Path:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


@pytest.mark.skipif(os.name == "nt", reason="programs are scripts of a shell")
@pytest.mark.parametrize("name", ["chromium", "chromium-browser"])
def test_a_browser_on_path_is_taken(programs: Path, name: str) -> None:
    file = program(programs / name)
    assert find() == browser.Browser(file)


def test_without_npm_the_error_says_what_to_install(programs: Path) -> None:
    with pytest.raises(BrowserError, match=r"Install Chromium.* requires npm, which could not"):
        find()


@pytest.mark.skipif(os.name == "nt", reason="programs are scripts of a shell")
def test_a_failed_installation_is_told_and_tried_again(programs: Path, tmp_path: Path) -> None:
    program(programs / "npm", "echo 'npm error code EINTEGRITY'; exit 1")
    for _ in range(2):
        with pytest.raises(BrowserError, match="could not be installed:\nnpm error code EINTEGR"):
            find()
    assert not list((tmp_path / "cache").glob("*.package"))
    program(programs / "npm")
    program(programs / "node", 'echo browser > "$TMPDIR/chromium"')
    found = find()
    assert found.path.read_text() == "browser\n"
    assert str(found.path.parent) in found.environ["LD_LIBRARY_PATH"]
    (programs / "npm").unlink()
    assert find() == found, "it is installed once"


def test_without_a_package_for_the_platform_the_error_says_what_to_install(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "HAS_PACKAGE", False)
    with pytest.raises(BrowserError, match=r"There is no browser\. Install"):
        find()


def test_every_package_is_locked_with_its_hash_and_without_a_host() -> None:
    lock = json.loads(browser.LOCK.read_text(encoding="utf-8"))
    packages = [each for name, each in lock["packages"].items() if name]
    assert packages
    assert all(re.match("sha512-", each["integrity"]) for each in packages)
    assert not any("resolved" in each for each in packages)
    [version] = lock["packages"][""]["dependencies"].values()
    assert version == lock["packages"]["node_modules/@sparticuz/chromium"]["version"]
