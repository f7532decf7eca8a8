"""`diva new`: write a first event_logic.py and main.tf."""

from __future__ import annotations

import argparse
import os
import re
import shlex
from pathlib import Path

from ..common.output import Output
from ..common.paths import ROOT
from ..common.stderr import print_stderr

TEMPLATE = Path(__file__).with_name("first_event")
FILES = ("event_logic.py", "main.tf")
_LONGEST_NAME = 40


def new(given: argparse.Namespace, output: Output) -> int:
    """Write the files, unless one of them exists, and print what to do next."""
    folder: Path = given.folder
    if folder.exists() and not folder.is_dir():
        print_stderr(f"diva: {folder} is not a folder")
        return 1
    existing = [name for name in FILES if (folder / name).exists()]
    if existing:
        print_stderr(f"diva: {folder} has {' and '.join(existing)} already. Nothing was written.")
        return 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            text = (TEMPLATE / name).read_text(encoding="utf-8")
            # Mode x: a file that somebody has written in the meantime is kept.
            with (folder / name).open("x", encoding="utf-8") as file:
                file.write(_adapted(text, folder))
    except OSError as error:
        print_stderr(f"diva: {error.filename} cannot be written: {error.strerror}")
        return 1
    scripts = os.path.relpath(ROOT / "scripts")
    event_logic = folder / "event_logic.py"
    output.line(f"Wrote {event_logic} and {folder / 'main.tf'}. Next:")
    output.line("")
    output.line(f"1. In {event_logic}, edit the name and the URL of the event.")
    output.line("2. Run it on an emulator of AWS:")
    output.command(f"     {scripts}/demo --event-logic {shlex.quote(str(event_logic))}")
    output.line("3. Deploy it to your AWS account:")
    chdir = shlex.quote(f"-chdir={folder}")
    output.command(f"     terraform {chdir} init && terraform {chdir} apply")
    return 0


def _adapted(text: str, folder: Path) -> str:
    """Return a file of the template with the path of DIVA and the name of the new folder."""
    source = Path(os.path.relpath(ROOT, folder.resolve())).as_posix()
    source = source if source.startswith("../") or source == ".." else f"./{source}"
    text = text.replace('"../../../.."', f'"{source}"')
    return text.replace('"first-diva"', f'"{_name(folder)}"')


def _name(folder: Path) -> str:
    """Return the name of the function: that of the folder, as AWS allows it."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")[:_LONGEST_NAME]
    return name if "diva" in name.split("-") else f"{name}-diva".lstrip("-")
