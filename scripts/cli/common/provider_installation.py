"""Where Terraform installs the AWS provider from: the registry, or a mirror on this machine.

Terraform itself searches `~/.terraform.d/plugins` and similar folders for a mirror. Container
images have mirrors in other folders as well, which are searched here.
"""

import functools
import hashlib
import json
import os
import queue
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from . import paths
from .file_lock import locked

REGISTRY = "registry.terraform.io"
PROVIDER = f"{REGISTRY}/hashicorp/aws"
REGISTRY_TIMEOUT_SEC = 3

PARENTS = (Path("/usr/local/share/terraform"), Path("/usr/share/terraform"), Path("/opt"))
"""Folders that may be a mirror or contain one."""
_SEARCHED_BY_TERRAFORM = ("terraform", "plugins")


def environ(base: Mapping[str, str]) -> dict[str, str]:
    """Return `base` with the variables that Terraform needs to find the provider.

    A mirror is `TF_PROVIDER_MIRROR` or, if the registry does not answer, one that is found.
    A provider from the registry is downloaded once and cached. The user's own configuration of
    either stays in force. A `TF_CLI_CONFIG_FILE` that does not exist is ignored.
    """
    variables = {**base, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    if not Path(variables.get("TF_CLI_CONFIG_FILE", "")).is_file():
        variables.pop("TF_CLI_CONFIG_FILE", None)
    mirror = variables.get("TF_PROVIDER_MIRROR")
    if not mirror and not _is_configured(variables):
        mirror = fallback_mirror()
    if mirror:
        variables["TF_CLI_CONFIG_FILE"] = str(_configuration(Path(mirror).resolve()))
    elif "TF_PLUGIN_CACHE_DIR" not in variables:
        variables["TF_PLUGIN_CACHE_DIR"] = str(_cache())
        # There is no lock file to break: working copies come without one.
        variables["TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"] = "true"
    return variables


def init_lock(variables: Mapping[str, str]) -> AbstractContextManager[None]:
    """Keep others of these commands from `terraform init`, which may not share a cache."""
    if "TF_PLUGIN_CACHE_DIR" not in variables:
        return nullcontext()
    return locked(_cache().with_suffix(".lock"))


def _cache() -> Path:
    folder = paths.cache_home() / "terraform-providers"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _configuration(mirror: Path) -> Path:
    """Return a CLI configuration file that has providers taken from `mirror` alone."""
    path = json.dumps(mirror.as_posix())
    text = f"provider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n"
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    file = paths.cache_home() / f"terraform-{name}.tfrc"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(file)
    return file


def _is_configured(variables: Mapping[str, str]) -> bool:
    """Whether the user's own CLI configuration says where providers come from."""
    default = (
        Path(variables.get("APPDATA", ""), "terraform.rc")
        if os.name == "nt"
        else Path.home() / ".terraformrc"
    )
    file = Path(variables.get("TF_CLI_CONFIG_FILE", default))
    return file.is_file() and "provider_installation" in file.read_text(encoding="utf-8")


@functools.cache
def fallback_mirror() -> str | None:
    """Return a mirror's folder, if there is one and the registry does not answer."""
    found = next((folder for folder in _candidates() if (folder / PROVIDER).is_dir()), None)
    return None if found is None or _registry_answers() else str(found)


def _candidates() -> Iterator[Path]:
    for parent in PARENTS:
        yield parent
        if parent.is_dir():
            folders = sorted(parent.iterdir())
            yield from (each for each in folders if each.parts[-2:] != _SEARCHED_BY_TERRAFORM)


def _registry_answers() -> bool:
    # In a thread of its own, since looking up a name has no time limit.
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_ask_registry()), daemon=True).start()
    try:
        return answers.get(timeout=REGISTRY_TIMEOUT_SEC)
    except queue.Empty:
        return False


def _ask_registry() -> bool:
    address = f"https://{REGISTRY}/.well-known/terraform.json"
    try:
        with urllib.request.urlopen(address, timeout=REGISTRY_TIMEOUT_SEC):
            return True
    except OSError:
        return False
