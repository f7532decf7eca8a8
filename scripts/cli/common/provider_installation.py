"""Where Terraform gets the AWS provider from: the registry, or a mirror on this machine."""

import functools
import hashlib
import json
import os
import queue
import sys
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from . import paths
from .file_lock import locked

REGISTRY = "registry.terraform.io"
PROVIDER = f"{REGISTRY}/hashicorp/aws"
PATIENCE_SEC = 3


def environ(base: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for Terraform: `base`, made to find the provider.

    A mirror is `TF_PROVIDER_MIRROR`, or one that is found where the registry does not answer.
    From the registry, a provider is fetched once and kept. What the user has configured for
    either stays in force; a `TF_CLI_CONFIG_FILE` that is not there is left out.
    """
    variables = {**base, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    if not Path(variables.get("TF_CLI_CONFIG_FILE", "")).is_file():
        variables.pop("TF_CLI_CONFIG_FILE", None)
    mirror = variables.get("TF_PROVIDER_MIRROR")
    if not mirror and not _is_configured(variables):
        mirror = mirror_in_need()
    if mirror:
        variables["TF_CLI_CONFIG_FILE"] = str(_configuration(Path(mirror).resolve()))
    elif "TF_PLUGIN_CACHE_DIR" not in variables:
        variables["TF_PLUGIN_CACHE_DIR"] = str(_cache())
        # There is no lock file to break: working copies come without one.
        variables["TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"] = "true"
    return variables


def exclusive(variables: Mapping[str, str]) -> AbstractContextManager[None]:
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
def mirror_in_need() -> str | None:
    """Return a mirror's folder, if there is one and the registry does not answer."""
    found = next((folder for folder in _places() if (folder / PROVIDER).is_dir()), None)
    return None if found is None or _registry_answers() else str(found)


def _places() -> Iterator[Path]:
    if os.name == "nt":
        roots = [Path(os.environ.get("APPDATA", ""), "terraform.d", "plugins")]
    else:
        roots = [Path.home() / ".terraform.d" / "plugins"]
        if sys.platform == "darwin":
            roots += [Path.home() / "Library" / "Application Support" / "io.terraform" / "plugins"]
        roots += [Path("/usr/local/share/terraform"), Path("/usr/share/terraform"), Path("/opt")]
    for root in roots:
        yield root
        if root.is_dir():
            yield from sorted(root.iterdir())


def _registry_answers() -> bool:
    # In a thread of its own, since looking up a name has no time limit.
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_ask_registry()), daemon=True).start()
    try:
        return answers.get(timeout=PATIENCE_SEC)
    except queue.Empty:
        return False


def _ask_registry() -> bool:
    address = f"https://{REGISTRY}/.well-known/terraform.json"
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_SEC):
            return True
    except OSError:
        return False
