"""The command `test`: what it runs leaves no process behind, whatever happens."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.common.paths import ROOT

from ..processes import finished, interrupt, started, wait_until, wait_until_gone
from .commands import environ, write

COMMAND = [sys.executable, "-m", "cli.test"]
IGNORING_SIGINT = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]

LEFT = """
    import subprocess, sys
    from pathlib import Path

    # In a session of its own, and without its parent.
    PARENT = '''
    import subprocess, sys
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)", "orphan"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True)
    print(child.pid)
    '''.replace("\\n    ", "\\n")

    def test_it():
        made = subprocess.run([sys.executable, "-c", PARENT], capture_output=True, check=True)
        unfinished = Path(__file__).with_name("unfinished")
        unfinished.write_bytes(made.stdout)
        unfinished.rename(unfinished.with_name("pid"))
"""
WAITS = """
        import threading
        threading.Event().wait()
"""
ENDS_IT = """
        import os, signal, time
        pid = int(made.stdout)
        os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + 600
        while Path(f"/proc/{pid}").exists():
            assert time.monotonic() < until
            time.sleep(0.01)
"""

SCANNER = """\
#!{python}
import os, sys
print(os.path.basename(sys.argv[0]), "runs in", os.getcwd(), *sys.argv[1:])
sys.exit({status})
"""

is_posix = pytest.mark.skipif(sys.platform == "win32", reason="the scanners are scripts")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="orphans are found on Linux alone")


@pytest.fixture(autouse=True)
def nothing_stays(tmp_path: Path) -> Iterator[None]:
    """End the process that `LEFT` leaves, should the command not have done it."""
    yield
    if (tmp_path / "pid").exists():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid_in(tmp_path), signal.SIGKILL)


@pytest.fixture
def terminal() -> Iterator[None]:
    """Have children heed SIGHUP, even if the tests run under nohup."""
    previous = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, previous)


def arguments(folder: Path, source: str) -> list[str]:
    """Return arguments that have pytest run `source`, which knows nothing of this project."""
    file = write(folder / "test_it.py", source)
    (folder / "pytest.ini").write_text("[pytest]\n")
    return ["-c", str(folder / "pytest.ini"), str(file)]


def variables() -> dict[str, str]:
    return environ(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", PYTEST_ADDOPTS="-p no:cacheprovider")


def pid_in(folder: Path) -> int:
    return int((folder / "pid").read_text())


def test_a_run_that_cleans_up_succeeds(tmp_path: Path) -> None:
    done = run(tmp_path, "def test_it(): pass\n")
    assert done.returncode == 0
    assert "1 passed" in done.stdout
    assert "running" not in done.stdout


def test_a_test_that_fails_fails_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, "def test_it(): assert False\n")
    assert done.returncode == 1
    assert done.stdout.endswith("\nFailed: tests\n")


@on_linux
def test_a_process_that_is_left_behind_is_named_and_ended_and_fails_the_run(
    tmp_path: Path,
) -> None:
    done = run(tmp_path, LEFT)
    assert done.returncode == 1
    pid = pid_in(tmp_path)
    wait_until_gone(pid)
    assert "1 passed" in done.stdout
    command = f"{sys.executable} -c import time; time.sleep(3600) orphan"
    assert f"running, which have now been ended:\n  {pid}  {command}\n" in done.stdout
    assert done.stdout.endswith("\nFailed: tests\n")


@on_linux
def test_an_orphan_that_a_test_ends_is_gone_at_once(tmp_path: Path) -> None:
    done = run(tmp_path, LEFT + ENDS_IT)
    assert done.returncode == 0, done.stdout


@on_linux
@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("shell", [[], IGNORING_SIGINT], ids=["foreground", "background"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])  # the last not on Windows
def test_a_signal_ends_everything_below(tmp_path: Path, name: str, shell: list[str]) -> None:
    command = [*shell, *COMMAND, *arguments(tmp_path, LEFT + WAITS)]
    with started(
        command, env=variables(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        wait_until((tmp_path / "pid").exists, process)
        process.send_signal(getattr(signal, name))
        _, errors = process.communicate()
    assert process.returncode == 130
    assert errors == "Interrupted.\n"
    wait_until_gone(pid_in(tmp_path))
    wait_until_gone(-process.pid)


@on_linux
def test_ctrl_c_ends_everything_below(tmp_path: Path) -> None:
    command = [*COMMAND, *arguments(tmp_path, LEFT + WAITS)]
    with started(command, env=variables(), stdout=subprocess.PIPE) as process:
        wait_until((tmp_path / "pid").exists, process)
        interrupt(process)
        output, _ = process.communicate()
    assert process.returncode == 130
    assert "KeyboardInterrupt" in output, "pytest has had the time to report it"
    wait_until_gone(pid_in(tmp_path))


def test_arguments_for_pytest_are_refused_where_pytest_does_not_run(tmp_path: Path) -> None:
    done = finished([*COMMAND, "--static", "-k", "alert"], cwd=tmp_path, env=variables())
    assert (done.returncode, done.stdout) == (2, "")
    assert "--static does not run pytest, unknown arguments: -k alert" in done.stderr


@is_posix
def test_installed_scanners_run_and_fail_the_run(tmp_path: Path) -> None:
    scanner(tmp_path, "checkov", status=0)
    scanner(tmp_path, "zizmor", status=13)
    done = static(tmp_path)
    assert done.returncode == 1
    assert f"── checkov\ncheckov runs in {ROOT}\n   passed in " in done.stdout
    assert f"── zizmor\nzizmor runs in {ROOT} --offline --quiet .github\n" in done.stdout
    assert done.stdout.endswith("\nFailed: zizmor\n")


@is_posix
def test_scanners_that_are_not_installed_are_skipped_and_named(tmp_path: Path) -> None:
    done = static(tmp_path)
    assert done.returncode == 0, done.stdout
    for name in ("checkov", "zizmor"):
        assert f"Skipping {name}, which is not installed: pipx install {name}\n" in done.stdout
        assert f"── {name}\n" not in done.stdout


def scanner(folder: Path, name: str, status: int) -> None:
    """Install a scanner that prints where and how it runs."""
    file = write(folder / "bin" / name, SCANNER.format(python=sys.executable, status=status))
    file.chmod(0o755)


def static(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `test --static` where nothing but the scanners in `folder` is on PATH.

    The other checks are replaced with ones that pass, since they take a minute.
    """
    for module in ("ruff", "mypy"):
        write(folder / "python" / f"{module}.py", "")
    given = {"PATH": str(folder / "bin"), "PYTHONPATH": str(folder / "python"), "CI": ""}
    return finished([*COMMAND, "--static"], cwd=folder, env=environ(**given))


def run(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    return finished([*COMMAND, *arguments(folder, source)], env=variables())
