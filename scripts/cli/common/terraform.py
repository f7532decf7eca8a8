"""Running Terraform, in a working copy that keeps the folders of the project clean."""

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import paths, provider_installation

OLDEST_VERSION = (1, 9)
COPIED = ("examples", "lambda", "modules")
GARBAGE_COLLECTION = "400"
"""By how many percent memory may grow before Go collects garbage, unless `GOGC` is set.

Each command decodes the schemas of all AWS resources and ends soon after. At Go's default of
100, a quarter of the CPU time of a small plan goes into collecting garbage.
"""


class TerraformError(Exception):
    """Terraform is missing or too old, or a command failed with `output`."""

    def __init__(self, text: str, output: str = "") -> None:
        super().__init__(text)
        self.output = output


def working_copy(folder: Path) -> Path:
    """Copy the Terraform files of the project to the new folder `folder`, and return it."""
    unwanted = shutil.ignore_patterns(
        ".*", "__pycache__", "*.tfstate", "*.tfstate.*", "tf_resources.json"
    )
    for name in COPIED:
        shutil.copytree(paths.ROOT / name, folder / name, ignore=unwanted)
    for path in paths.ROOT.glob("*.tf"):
        shutil.copyfile(path, folder / path.name)
    return folder


class Terraform:
    """Terraform in the root module `folder`.

    `environ` is added to the environment of this process, and so are the variables that
    Terraform needs to find the provider. `on_line` is called with each line of output. All
    methods raise TerraformError.
    """

    def __init__(
        self,
        folder: Path,
        environ: Mapping[str, str] | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        self.folder = folder
        self._binary = find()
        self._environ = provider_installation.environ(
            {"GOGC": GARBAGE_COLLECTION, **os.environ, **(environ or {})}
        )
        self._on_line = on_line

    def init(self) -> None:
        """Install the provider and the modules."""
        with provider_installation.init_lock(self._environ):
            self._run("init", "-input=false")

    def validate(self) -> None:
        """Validate the configuration."""
        self._run("validate")

    def check_format(self) -> None:
        """Check the format of all files in the folder and its subfolders."""
        self._run("fmt", "-check", "-diff", "-recursive")

    def plan(self, variables: Mapping[str, Any] | None = None, out: Path | None = None) -> bool:
        """Return whether the plan has changes, and save the plan to `out`."""
        options = [f"-out={out}"] if out else []
        arguments = ["-input=false", "-detailed-exitcode", *options, *_options(variables)]
        return self._run("plan", *arguments, good=(0, 2)) == 2

    def show(self, plan: Path) -> dict[str, Any]:
        """Return a saved plan in Terraform's JSON format."""
        return self._read("show", "-json", str(plan))

    def apply(self, variables: Mapping[str, Any] | None = None, plan: Path | None = None) -> None:
        """Apply the configuration, or a saved plan."""
        arguments = [str(plan)] if plan else _options(variables)
        self._run("apply", "-input=false", "-auto-approve", *arguments)

    def destroy(self, variables: Mapping[str, Any] | None = None) -> None:
        """Destroy all resources."""
        self._run("destroy", "-input=false", "-auto-approve", *_options(variables))

    def output(self) -> dict[str, Any]:
        """Return the values of all outputs."""
        return {name: output["value"] for name, output in self._read("output", "-json").items()}

    def _run(self, command: str, *arguments: str, good: Sequence[int] = (0,)) -> int:
        lines = []
        with subprocess.Popen(
            [self._binary, command, "-no-color", *arguments],
            cwd=self.folder,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line)
                if self._on_line:
                    self._on_line(line.rstrip("\n"))
        if process.returncode not in good:
            raise _failure(command, "".join(lines))
        return process.returncode

    def _read(self, command: str, *arguments: str) -> dict[str, Any]:
        done = subprocess.run(
            [self._binary, command, "-no-color", *arguments],
            cwd=self.folder,
            env=self._environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            raise _failure(command, done.stdout + done.stderr)
        content: dict[str, Any] = json.loads(done.stdout)
        return content


def binary() -> str:
    """Return the name or path of Terraform's binary: `DIVA_TERRAFORM`, for example `tofu`."""
    return os.environ.get("DIVA_TERRAFORM") or "terraform"


@functools.cache
def find() -> str:
    """Return the path of the binary. Raises TerraformError if it is missing or too old."""
    wanted = "Terraform {}.{} or later is required".format(*OLDEST_VERSION)
    how = "To install it, see https://developer.hashicorp.com/terraform/install."
    path = shutil.which(binary())
    if path is None:
        raise TerraformError(f"{wanted}, but {binary()} was not found on PATH. {how}")
    asked = subprocess.run(
        [path, "version", "-json"],
        env={**provider_installation.environ(os.environ), "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        version = str(json.loads(asked.stdout)["terraform_version"])
    except (ValueError, KeyError) as error:
        output = asked.stdout + asked.stderr
        raise TerraformError(f"{wanted}, but {path} does not run. {how}", output) from error
    if tuple(map(int, version.split(".")[:2])) < OLDEST_VERSION:
        raise TerraformError(f"{wanted}, but {path} is version {version}. {how}")
    return path


def _options(variables: Mapping[str, Any] | None) -> list[str]:
    return [
        f"-var={name}={value if isinstance(value, str) else json.dumps(value)}"
        for name, value in (variables or {}).items()
    ]


def _failure(command: str, output: str) -> TerraformError:
    start = output.find("Error: ")
    return TerraformError(f"terraform {command} failed.\n{output[max(start, 0) :].strip()}", output)
