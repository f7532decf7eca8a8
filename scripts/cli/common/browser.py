"""A headless browser: Chromium from PATH, or the one that a package of npm carries."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .file_lock import locked
from .paths import ROOT, cache_home
from .stderr import print_stderr

LOCK = ROOT / "scripts" / "browser" / "package-lock.json"
FLAGS = (
    "--no-sandbox",  # containers and root do not have what the sandbox needs
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""The options with which the browser runs on any machine and sends no requests of its own."""
HAS_PACKAGE = sys.platform == "linux" and platform.machine() == "x86_64"
"""Whether there is a package for this platform."""

_NAMES = ("chromium", "chromium-browser")
# The package unpacks the libraries that Chromium requires only where it takes itself to be in
# Lambda. It unpacks everything into the temporary folder.
_UNPACK = 'import chromium from "@sparticuz/chromium"; await chromium.executablePath()'
_LAMBDA = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="relative">fonts-cache</cachedir>
  <alias binding="same">
    <family>sans-serif</family>
    <prefer><family>Open Sans</family></prefer>
  </alias>
  <alias binding="same">
    <family>system-ui</family>
    <prefer><family>Open Sans</family></prefer>
  </alias>
</fontconfig>
"""


class BrowserError(Exception):
    """There is no browser; the text says why."""


@dataclass(frozen=True, slots=True)
class Browser:
    """The program of a browser."""

    path: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    """The environment variables that it needs besides those of this process."""

    @property
    def environ(self) -> dict[str, str]:
        """The environment to start it in."""
        return {**os.environ, **self.variables}


def find() -> Browser:
    """Return the browser on PATH, or that of the package, which is downloaded the first time.

    Raises BrowserError.
    """
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found:
        return Browser(Path(found))
    if not HAS_PACKAGE:
        raise BrowserError("There is no browser. Install Chromium, so that chromium is on PATH")
    folder = cache_home() / f"browser-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with locked(folder.with_suffix(".lock")):
            if not folder.exists():
                print_stderr("Downloading a browser (on the first run only) ...")
                _make(folder)
    libraries = [str(folder / "al2023" / "lib"), os.environ.get("LD_LIBRARY_PATH", "")]
    return Browser(
        folder / "chromium",
        {
            "LD_LIBRARY_PATH": os.pathsep.join(filter(None, libraries)),
            "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        },
    )


def _make(folder: Path) -> None:
    unfinished, package = folder.with_suffix(".new"), folder.with_suffix(".package")
    for each in (unfinished, package):
        shutil.rmtree(each, ignore_errors=True)
        each.mkdir()
    try:
        for each in (LOCK, LOCK.with_name("package.json")):
            shutil.copy(each, package)
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=package)
        unpack = ("node", "--input-type=module", "--eval", _UNPACK)
        _run(*unpack, cwd=package, variables={**_LAMBDA, "TMPDIR": str(unfinished)})
        (unfinished / "fonts.conf").write_text(_FONTS, encoding="utf-8")
        unfinished.replace(folder)
    finally:
        shutil.rmtree(package, ignore_errors=True)


def _run(*command: str, cwd: Path, variables: Mapping[str, str] | None = None) -> None:
    problem = "There is no browser. Install Chromium, so that chromium is on PATH. The package "
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        text = f"from npm requires {command[0]}, which could not be started: {error.strerror}"
        raise BrowserError(problem + text) from error
    if done.returncode:
        text = f"from npm could not be installed:\n{done.stdout.strip()}"
        raise BrowserError(problem + text)
