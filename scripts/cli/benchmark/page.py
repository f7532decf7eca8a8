"""The page of many events: how long writing it takes, its size, and scrolling through it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from statistics import median

from diva.incidents import MOST
from diva.state import Record

from ..common import browser
from ..common.interrupts import shielded
from ..common.paths import ROOT
from ..common.temporary_folder import temporary_folder
from .harness import BenchmarkError
from .result import Result

EVENTS = 1_000
LIMIT_SEC = 1.0
LIMIT_KB = 2_000
LONGEST_FRAME_MS = 50.0
"""Browsers call a task that takes longer a long one: people notice it."""
_HOST = "127.0.0.1"
_PATIENCE_SEC = 120.0
_WINDOW = "1280,800"
_NOW = datetime(2026, 11, 22, 9, 30, tzinfo=timezone.utc)
_ERROR = "TimeoutError: no answer after 5 s (event_logic.py, line 42)"
_WITH_ERROR = 5
_POLICY = '<meta http-equiv="Content-Security-Policy"'
_SCROLL = """
<script>
addEventListener("load", () => {
  const frames = [], step = innerHeight * .9;
  let last;
  requestAnimationFrame(function next(now) {
    if (last) frames.push(now - last);
    last = now;
    if (frames.length % 2) scrollBy({top: step, behavior: "instant"});
    if (scrollY + innerHeight < document.documentElement.scrollHeight - 1) {
      requestAnimationFrame(next);
    } else {
      fetch("/frames", {method: "POST", body: JSON.stringify(frames)});
    }
  });
});
</script>
"""


def write(repeat: int) -> list[Result]:
    """Measure `diva report` from its start to its end: the fastest of all.

    It runs in a process of its own, since other figures leave much to the garbage collector.
    """
    with temporary_folder("diva-benchmark") as folder:
        state, html = folder / "state.json", folder / "report.html"
        state.write_text(json.dumps(_records()), encoding="utf-8")
        commands = [_command(state, html) for _ in range(repeat)]
        size = html.stat().st_size
    what = f"page of {EVENTS:,} events with {MOST} incidents each"
    return [
        Result(
            f"{what}: the command that writes it",
            min(commands),
            LIMIT_SEC,
            "s",
            samples={"command": commands},
        ),
        Result(f"{what}: its size", size / 1e3, LIMIT_KB, "kB", samples={"page": [size]}),
    ]


def scroll(repeat: int) -> list[Result]:
    """Measure the longest frame while a browser scrolls from the top to the end.

    Other work of the machine only makes frames longer. The result is therefore that of the run in
    which the longest is the shortest.
    """
    from ..common.report_page import page

    lines = page.render(_records(), "a benchmark", _NOW).splitlines(keepends=True)
    html = "".join(each for each in lines if not each.startswith(_POLICY)) + _SCROLL
    samples = [_frames(html) for _ in range(repeat)]
    longest = [max(frames) for frames in samples]
    best = samples[longest.index(min(longest))]
    return [
        Result(
            f"longest frame while scrolling through a page of {EVENTS:,} events",
            min(longest),
            LONGEST_FRAME_MS,
            "ms",
            notes=[f"{len(best)} frames, median: {median(best):.0f} ms"],
            samples={"longest": [each / 1000 for each in longest]},
        )
    ]


def _records() -> Mapping[str, Record]:
    return {f"orders-service-{number:04}": _record(number) for number in range(EVENTS)}


def _record(number: int) -> Record:
    """Return the state of an event that fails every few days, for a shorter or longer time."""
    incidents = []
    for index in range(MOST):
        start = _NOW - timedelta(days=88 - 4.3 * index, minutes=number % 720)
        began = int(start.timestamp())
        end = began + 60 * (4 + (number + 7 * index) % 120)
        error = [_ERROR] if index >= MOST - _WITH_ERROR else []
        incidents.append([began, end, began + 180, 2, 1, *error])
    return {"healthy": True, "known_since": 1_700_000_000, "incidents": incidents}


def _command(state: Path, html: Path) -> float:
    began = time.perf_counter()
    path = os.pathsep.join(str(ROOT / folder) for folder in ("scripts", "lambda"))
    done = subprocess.run(
        [sys.executable, "-m", "cli.diva", "report", "--state", state, "--output", html],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    if done.returncode:
        raise BenchmarkError(f"diva report failed with the exit status {done.returncode}")
    return time.perf_counter() - began


def _frames(html: str) -> list[float]:
    """Return the durations of all frames in milliseconds."""
    with (
        temporary_folder("diva-benchmark") as folder,
        _served(html) as (url, answers),
        shielded(_browser(url, folder)),
    ):
        try:
            return answers.get(timeout=_PATIENCE_SEC)
        except Empty:
            text = f"the browser has not scrolled through the page in {_PATIENCE_SEC:.0f} s"
            raise BenchmarkError(text) from None


@contextmanager
def _served(html: str) -> Iterator[tuple[str, Queue[list[float]]]]:
    """Serve `html`, and return its URL and the queue of what it posts."""
    answers: Queue[list[float]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(html.encode())

        def do_POST(self) -> None:
            answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((_HOST, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{_HOST}:{server.server_address[1]}/", answers
        finally:
            server.shutdown()


@contextmanager
def _browser(url: str, folder: Path) -> Iterator[None]:
    found = browser.find()
    own = ("--headless", f"--user-data-dir={folder}", f"--window-size={_WINDOW}")
    with subprocess.Popen(
        [found.path, *browser.FLAGS, *own, url],
        env=found.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C interrupts this process only, which ends the browser
    ) as process:
        try:
            yield
        finally:
            process.kill()
