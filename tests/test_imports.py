"""Who may know whom in the function's code."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import diva

LAMBDA = Path(diva.__file__).parents[1]
FILES = {
    ".".join(file.relative_to(LAMBDA).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted(LAMBDA.rglob("*.py"))
}
HANDLERS = {
    "incident_actions.clear_cache",
    "incident_actions.notify_human",
    "incident_actions.restart_service",
    "incident_actions.scale_up",
    "scheduled_digest.lambda_function",
}
"""Those that are not called `handler`."""


def imports(module: str) -> set[str]:
    """Return the full names of what `module` imports anywhere, also for type checking alone."""
    tree = ast.parse(FILES[module].read_bytes())
    package = module if FILES[module].name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parts, *filter(None, [node.module])])
            found |= {
                f"{base}.{each.name}" if f"{base}.{each.name}" in FILES else base
                for each in node.names
            }
    return found


def own(module: str) -> set[str]:
    """Return what `module` imports of the code that is deployed."""
    return {each for each in imports(module) if each in FILES and each != module}


def folder(module: str) -> str:
    return module.partition(".")[0]


def required(name: str) -> set[str]:
    """Return the top-level names of what a folder's requirements file asks for."""
    file = LAMBDA / name / "requirements.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    return {re.split(r"[^\w-]", line)[0].replace("-", "_") for line in lines if line[:1].isalpha()}


def test_no_imports_lead_in_a_circle() -> None:
    TopologicalSorter({module: own(module) for module in FILES}).prepare()


@pytest.mark.parametrize("module", FILES)
def test_a_folder_imports_itself_what_is_common_and_what_it_requires(module: str) -> None:
    own_folder = folder(module)
    shared = set() if own_folder == "diva_common" else {"diva_common"}
    installed = {"boto3", "botocore", *required(own_folder)}
    for_types = {"mypy_boto3_dynamodb", "mypy_boto3_s3"}
    tops = {each.partition(".")[0] for each in imports(module)}
    assert tops <= sys.stdlib_module_names | {own_folder} | shared | installed | for_types


def test_the_machine_and_all_it_imports_are_pure() -> None:
    script = f"""
import json, sys
sys.path.insert(0, {str(LAMBDA)!r})
import diva.machine
print(json.dumps(sorted(sys.modules)))
"""
    # -S: what is installed beside the standard library may load anything at the start.
    command = [sys.executable, "-I", "-S", "-B", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert not {"boto3", "botocore", "logging", "threading"} & loaded
    ours = {each for each in loaded if each == "diva" or each.startswith("diva.")}
    assert ours == {
        "diva",
        "diva.dependencies",
        "diva.incidents",
        "diva.machine",
        "diva.options",
        "diva.policy",
        "diva.state",
        "diva.windows",
    }
    for module in ours:
        tops = {each.partition(".")[0] for each in imports(module)}
        assert not tops & {"time", "os", "random", "socket", "subprocess"}, module


@pytest.mark.parametrize("module", [each for each in FILES if each.startswith("diva.stores")])
def test_stores_know_the_state_and_the_clock_alone(module: str) -> None:
    others = {each for each in own(module) if not each.startswith("diva.stores")}
    assert others <= {"diva.clock", "diva.state"}


@pytest.mark.parametrize(
    "module",
    [
        each
        for each in FILES
        if not each.startswith(
            ("diva.stores.", "diva.handler", "diva.kit.aws", "diva_common.clients")
        )
    ],
)
def test_only_stores_handler_kit_and_clients_know_aws(module: str) -> None:
    assert not {each for each in imports(module) if each.startswith("boto")}
    assert not own(module) & {"diva.stores.s3", "diva.stores.dynamodb"}


@pytest.mark.parametrize("module", FILES)
def test_only_handlers_make_clients(module: str) -> None:
    is_handler = module.endswith(".handler") or module in HANDLERS
    assert "diva_common.clients" not in imports(module) or is_handler


@pytest.mark.parametrize(
    ("module", "below"),
    [
        ("diva.incidents", set()),
        ("diva.state", {"diva.incidents"}),
        ("diva.options", set()),
        ("diva.clock", set()),
        ("diva.pool", {"diva.clock"}),
        ("diva.dependencies", set()),
        ("diva.windows", {"diva.options"}),
        ("diva.settings", {"diva.windows"}),
        ("diva.redact", set()),
        ("diva.logic", {"diva.redact"}),
        ("diva.policy", {"diva.dependencies", "diva.options", "diva.state", "diva.windows"}),
        ("diva.machine", {"diva.incidents", "diva.policy", "diva.state"}),
    ],
)
def test_nothing_points_upwards(module: str, below: set[str]) -> None:
    assert own(module) <= below


@pytest.mark.parametrize("module", [each for each in FILES if not each.startswith("diva.kit")])
def test_only_event_logic_knows_the_kit(module: str) -> None:
    assert not {each for each in own(module) if each.startswith("diva.kit")}


def test_the_kit_imports_only_what_is_used() -> None:
    script = f"""
import json, sys
sys.path.insert(0, {str(LAMBDA)!r})
from diva.kit import http
print(json.dumps(sorted(each for each in sys.modules if each.startswith(("diva.kit", "boto")))))
"""
    command = [sys.executable, "-B", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) == {
        "diva.kit",
        "diva.kit.arguments",
        "diva.kit.callback",
        "diva.kit.exchange",
        "diva.kit.pages",
        "diva.kit.permission",
        "diva.kit.trust",
    }


@pytest.mark.parametrize("module", FILES)
def test_nobody_knows_the_handler_and_the_handler_alone_the_engine(module: str) -> None:
    assert "diva.handler" not in imports(module)
    assert "diva.engine" not in imports(module) or module == "diva.handler"


@pytest.mark.parametrize("module", [each for each in FILES if each.startswith("diva.")])
def test_the_engines_log_lines_are_worded_in_one_place(module: str) -> None:
    called = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(FILES[module].read_bytes()))
        if isinstance(node, ast.Call)
    }
    says = called & {
        f"{name}.{level}"
        for name in ("log", "logger", "logging")
        for level in ("debug", "info", "warning", "error", "exception", "critical")
    }
    assert not says or module == "diva.report"
