"""Terraform as the commands use it: found, given a provider, run, and understood."""

from __future__ import annotations

import os
import platform
import stat
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from cli.common import paths, provider_installation, terraform
from cli.common.terraform import Terraform, TerraformError, working_copy

from ..processes import PATIENCE_SEC
from .commands import needs_terraform

AWS = Path("registry.terraform.io", "hashicorp", "aws")
is_posix = pytest.mark.skipif(sys.platform == "win32", reason="the binary is a shell script")

CLI_CONFIGURATION = "terraform.rc" if sys.platform == "win32" else ".terraformrc"
CONFIGURED = 'provider_installation {\n  filesystem_mirror {\n    path = "/mine"\n  }\n}\n'


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Ask anew which Terraform and which mirror there is, before and after."""
    for forget in (terraform.find.cache_clear, provider_installation.fallback_mirror.cache_clear):
        forget()
    yield
    for forget in (terraform.find.cache_clear, provider_installation.fallback_mirror.cache_clear):
        forget()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a cache of the test's own, and no mirror anywhere."""
    parents = (tmp_path / "share" / "terraform", tmp_path / "opt")
    monkeypatch.setattr(provider_installation, "PARENTS", parents)
    monkeypatch.setattr(provider_installation, "REGISTRY_TIMEOUT_SEC", PATIENCE_SEC)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "home"))  # of Windows
    monkeypatch.setenv("DIVA_CACHE_DIR", str(tmp_path / "cache"))
    of_terraform = ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "TF_PROVIDER_MIRROR")
    for name in (*of_terraform, "XDG_DATA_DIRS", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A mirror in a folder in `/opt`."""
    folder = tmp_path / "opt" / "providers"
    (folder / AWS).mkdir(parents=True)
    return folder


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What happens when the registry is asked: put it in here. It does not answer otherwise."""
    happens: list[Callable[[], object]] = []

    def ask(address: str, timeout: float) -> AbstractContextManager[None]:
        if not happens:
            raise urllib.error.URLError("no route to host")
        happens[0]()
        return nullcontext()

    monkeypatch.setattr(urllib.request, "urlopen", ask)
    return happens


@pytest.fixture
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Search for `terraform`, whichever binary the other tests use."""
    monkeypatch.delenv("DIVA_TERRAFORM", raising=False)


def program(folder: Path, text: str, name: str = "terraform") -> None:
    """Put a `terraform` into `folder` that prints `text`."""
    folder.mkdir()
    file = folder / name
    file.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n", encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


def environ(**variables: str) -> dict[str, str]:
    return provider_installation.environ({**os.environ, **variables})


# Finding Terraform


@pytest.mark.usefixtures("nothing_named")
def test_without_terraform_it_is_said_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TerraformError) as missing:
        Terraform(tmp_path)
    assert str(missing.value) == (
        "Terraform 1.9 or later is required, but terraform was not found on PATH."
        " To install it, see https://developer.hashicorp.com/terraform/install."
    )


@is_posix
@pytest.mark.usefixtures("nothing_named")
@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ('{"terraform_version": "1.8.5"}', " is version 1.8.5. "),
        ('{"terraform_version": "0.15.0"}', " is version 0.15.0. "),
        ("wrong machine type", " does not run. "),
    ],
)
def test_a_terraform_that_will_not_do_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str, found: str
) -> None:
    program(tmp_path / "bin", printed)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(TerraformError) as refused:
        Terraform(tmp_path)
    assert f"{tmp_path / 'bin' / 'terraform'}{found}" in str(refused.value)


@is_posix
@pytest.mark.usefixtures("nothing_named")
def test_newer_versions_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", '{"terraform_version": "1.10.0-beta1"}')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert terraform.find() == str(tmp_path / "bin" / "terraform")


@is_posix
@pytest.mark.parametrize("named", ["tofu", "{bin}/tofu"])
def test_another_binary_can_be_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    # OpenTofu gives its own version the same name.
    program(tmp_path / "bin", '{"terraform_version": "1.10.5"}', name="tofu")
    if named == "tofu":
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DIVA_TERRAFORM", named.format(bin=tmp_path / "bin"))
    assert terraform.find() == str(tmp_path / "bin" / "tofu")


def test_a_named_binary_that_is_missing_is_not_replaced_by_terraform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DIVA_TERRAFORM", "tofu-of-nowhere")
    with pytest.raises(TerraformError, match="but tofu-of-nowhere was not found on PATH"):
        Terraform(tmp_path)


# Where the provider comes from


def test_a_configuration_file_that_is_not_there_is_left_out(
    tmp_path: Path, registry: list[Callable[[], object]]
) -> None:
    registry.append(lambda: None)
    assert "TF_CLI_CONFIG_FILE" not in environ(TF_CLI_CONFIG_FILE=str(tmp_path / "missing"))


def test_a_given_mirror_is_used(tmp_path: Path) -> None:
    file = Path(environ(TF_PROVIDER_MIRROR=str(tmp_path / "given"))["TF_CLI_CONFIG_FILE"])
    assert f'path = "{(tmp_path / "given").as_posix()}"' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", ["opt", "opt/providers", "share/terraform/providers"])
def test_a_mirror_is_found_if_the_registry_does_not_answer(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder / AWS).mkdir(parents=True)
    file = Path(environ()["TF_CLI_CONFIG_FILE"])
    assert f'path = "{(tmp_path / folder).as_posix()}"' in file.read_text(encoding="utf-8")


@needs_terraform
@pytest.mark.skipif(sys.platform != "linux", reason="other platforms have other plugin folders")
@pytest.mark.parametrize("folder", ["home/.terraform.d/plugins", "share/terraform/plugins"])
def test_a_mirror_that_terraform_finds_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "share"))
    machine = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    package = tmp_path / folder / AWS / "7.8.9" / f"linux_{machine}"
    package.mkdir(parents=True)
    (package / "terraform-provider-aws_v7.8.9").touch(mode=0o755)
    assert "TF_CLI_CONFIG_FILE" not in environ()
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text('provider "aws" {}\n', encoding="utf-8")
    lines: list[str] = []
    Terraform(root, on_line=lines.append).init()
    assert "- Installed hashicorp/aws v7.8.9 (unauthenticated)" in lines


def test_the_registry_goes_before_a_mirror_that_is_found(
    mirror: Path, registry: list[Callable[[], object]]
) -> None:
    registry.append(lambda: None)
    assert "TF_CLI_CONFIG_FILE" not in environ()


def test_a_registry_that_hangs_is_not_waited_for(
    mirror: Path, registry: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hang = threading.Event()
    registry.append(hang.wait)
    monkeypatch.setattr(provider_installation, "REGISTRY_TIMEOUT_SEC", 0.01)
    assert "TF_CLI_CONFIG_FILE" in environ()
    hang.set()


@pytest.mark.parametrize("own", [f"home/{CLI_CONFIGURATION}", "elsewhere.tfrc"])
def test_what_the_user_has_configured_stays_in_force(
    tmp_path: Path, mirror: Path, own: str
) -> None:
    file = tmp_path / own
    file.write_text(CONFIGURED, encoding="utf-8")
    named = {} if own.startswith("home") else {"TF_CLI_CONFIG_FILE": str(file)}
    assert environ(**named).get("TF_CLI_CONFIG_FILE") == named.get("TF_CLI_CONFIG_FILE")


def test_from_the_registry_a_provider_is_kept(
    tmp_path: Path, registry: list[Callable[[], object]]
) -> None:
    registry.append(lambda: None)
    assert environ()["TF_PLUGIN_CACHE_DIR"] == str(tmp_path / "cache" / "terraform-providers")
    assert environ(TF_PLUGIN_CACHE_DIR="/mine")["TF_PLUGIN_CACHE_DIR"] == "/mine"


# Running it


@needs_terraform
@pytest.mark.parametrize("command", ["validate", "plan", "apply", "destroy", "output"])
def test_a_failed_command_says_why_and_keeps_its_output(tmp_path: Path, command: str) -> None:
    (tmp_path / "main.tf").write_text('output "x" {\n  value = var.missing\n', encoding="utf-8")
    with pytest.raises(TerraformError) as failed:
        getattr(Terraform(tmp_path), command)()
    assert str(failed.value).startswith(f"terraform {command} failed.\nError: Unclosed config")
    assert "There is no closing brace for this block" in failed.value.output


@needs_terraform
def test_lines_arrive_as_they_are_printed(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('output "x" {\n  value = 1\n}\n', encoding="utf-8")
    lines: list[str] = []
    Terraform(tmp_path, on_line=lines.append).validate()
    assert "Success! The configuration is valid." in lines


@needs_terraform
def test_a_root_module_is_planned_applied_and_destroyed(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "list" {\n  type = list(string)\n}\n\n'
        'variable "text" {\n  default = ""\n}\n\n'
        'resource "terraform_data" "this" {\n  input = [var.list, var.text]\n}\n\n'
        'output "made" {\n  value = terraform_data.this.output\n}\n',
        encoding="utf-8",
    )
    runs = Terraform(tmp_path)
    variables = {"list": ["a", "b"], "text": "1"}
    runs.init()
    runs.check_format()
    assert runs.plan(variables, out=tmp_path / "kept")
    assert runs.show(tmp_path / "kept")["variables"]["text"] == {"value": "1"}
    runs.apply(plan=tmp_path / "kept")
    assert runs.output() == {"made": [["a", "b"], "1"]}
    assert not runs.plan(variables)
    runs.apply({"list": []})
    assert runs.output() == {"made": [[], ""]}
    runs.destroy({"list": []})
    assert runs.output() == {}


@needs_terraform
def test_a_file_that_is_not_formatted_is_shown(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("locals {\n a = 1\n}\n", encoding="utf-8")
    with pytest.raises(TerraformError) as failed:
        Terraform(tmp_path).check_format()
    assert "+  a = 1" in failed.value.output


def test_a_working_copy_holds_what_terraform_needs_and_nothing_that_was_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {
        "examples/monolithic/main.tf",
        "lambda/diva/handler.py",
        "main.tf",
        "modules/lambda-function/main.tf",
        "modules/lambda-function/package.py",
    }
    made = {
        ".git/config",
        "examples/monolithic/.build/diva.zip",
        "examples/monolithic/.terraform.lock.hcl",
        "examples/monolithic/.terraform/providers/aws",
        "examples/monolithic/terraform.tfstate",
        "lambda/diva/__pycache__/handler.pyc",
        "scripts/demo",
        "tests/conftest.py",
    }
    for name in wanted | made:
        file = tmp_path / "root" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    monkeypatch.setattr(paths, "ROOT", tmp_path / "root")
    project = working_copy(tmp_path / "project")
    copied = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert copied == wanted
