"""Who may know whom in the function's code."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import diva

LAMBDA = Path(diva.__file__).parents[1]
FILES = {
    ".".join(file.relative_to(LAMBDA).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted(LAMBDA.rglob("*.py"))
}


def imports(module: str) -> set[str]:
    """Return the full names of what `module` imports anywhere, save for type checking alone."""
    tree = ast.parse(FILES[module].read_bytes())
    package = module if FILES[module].name == "__init__.py" else module.rpartition(".")[0]
    found: set[str] = set()
    for node in _running(tree):
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


def _running(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return []
    return [node, *(each for child in ast.iter_child_nodes(node) for each in _running(child))]


def own(module: str) -> set[str]:
    return {each for each in imports(module) if each.startswith("diva.")}


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
        "diva.machine",
        "diva.options",
        "diva.policy",
        "diva.state",
        "diva.windows",
    }
    for module in ours:
        tops = {each.partition(".")[0] for each in imports(module)}
        assert not tops & {"time", "os", "random", "socket", "subprocess"}, module


@pytest.mark.parametrize("module", FILES)
def test_the_standard_library_and_boto3_are_all_that_is_imported(module: str) -> None:
    tops = {each.partition(".")[0] for each in imports(module)}
    assert tops <= sys.stdlib_module_names | {"diva", "boto3", "botocore"}


@pytest.mark.parametrize("module", [each for each in FILES if each.startswith("diva.stores")])
def test_stores_know_the_state_alone(module: str) -> None:
    assert {each for each in own(module) if not each.startswith("diva.stores")} <= {"diva.state"}


@pytest.mark.parametrize(
    "module", [each for each in FILES if not each.startswith(("diva.stores.", "diva.handler"))]
)
def test_only_stores_and_handler_know_aws(module: str) -> None:
    assert not {each for each in imports(module) if each.startswith("boto")}
    assert not own(module) & {"diva.stores.s3", "diva.stores.dynamodb"}


@pytest.mark.parametrize(
    ("module", "below"),
    [
        ("diva.state", set()),
        ("diva.options", set()),
        ("diva.pool", set()),
        ("diva.dependencies", set()),
        ("diva.windows", {"diva.options"}),
        ("diva.settings", {"diva.windows"}),
        ("diva.redact", set()),
        ("diva.logic", {"diva.redact"}),
        ("diva.policy", {"diva.dependencies", "diva.options", "diva.state", "diva.windows"}),
        ("diva.machine", {"diva.policy", "diva.state"}),
    ],
)
def test_nothing_points_upwards(module: str, below: set[str]) -> None:
    assert own(module) <= below


@pytest.mark.parametrize("module", FILES)
def test_nobody_knows_the_handler_and_the_handler_alone_the_engine(module: str) -> None:
    assert "diva.handler" not in imports(module)
    assert "diva.engine" not in imports(module) or module == "diva.handler"
