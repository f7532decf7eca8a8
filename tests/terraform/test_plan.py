"""Names and the hash of the package, which the first plan already contains."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cli.common.terraform import working_copy

from .roots import plan, planned_outputs, write_event_logic

LONG = "a-function-whose-name-takes-all-of-the-64-characters-that-it-may"
# Names with all allowed characters, and those around the limits for cutting rule and bucket names.
NAMES = ["a", "probe", "Probe", "pro_be", "pro-be", "-", "_" * 64, LONG, LONG[:-1]]
NAMES += ["r" * 55, "r" * 56, "b" * 35, "b" * 36]
STATES = {
    "monolithic": ("state_bucket_name", r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"),
    "distributed": ("dynamodb_table_name", r"[A-Za-z0-9_.-]{3,255}"),
}
STATELESS = {"diva_mode": "distributed", "dynamodb_table_name": "elsewhere"}


def test_a_plan_made_in_another_directory_has_the_same_hash(
    project: Path, role_arn: str, tmp_path: Path
) -> None:
    elsewhere = working_copy(tmp_path / "another" / "checkout")
    write_event_logic(elsewhere, "first")
    here, there = (plan(folder, role_arn, {"probe": STATELESS}) for folder in (project, elsewhere))
    assert package(here, "probe") == package(there, "probe")


def test_only_changes_to_the_package_change_its_hash(project: Path, role_arn: str) -> None:
    (project / "edited.py").write_text("def get_events(): return {}\n", encoding="utf-8")
    (project / "helper.py").write_text("LIMIT = 1\n", encoding="utf-8")
    (project / "requirements.txt").write_text("requests\n", encoding="utf-8")
    changes: dict[str, dict[str, Any]] = {
        "event_logic": {"event_logic_path": "../edited.py"},
        "extra": {"extra_source_paths": ["../helper.py"]},
        "requirements": {"requirements_path": "../requirements.txt"},
        "runtime": {"lambda_runtime": "python3.12"},
        "architecture": {"lambda_architecture": "x86_64"},
        "token": {"redeploy_token": "again"},
    }
    no_changes: dict[str, dict[str, Any]] = {
        "memory": {"lambda_memory_mb": 512},
        "environment": {"environment_variables": {"A_NAME": "value"}},
    }
    modules = {"same": {}, **changes, **no_changes}
    made = plan(project, role_arn, {name: {**STATELESS, **modules[name]} for name in modules})
    hashes = {name: package(made, name)[1] for name in modules}
    assert len({hashes[name] for name in ("same", *changes)}) == 1 + len(changes)
    assert {hashes[name] for name in no_changes} == {hashes["same"]}


def test_extra_sources_are_packaged_without_caches(project: Path, role_arn: str) -> None:
    """The hash shows it, since a plan contains nothing else of the sources."""
    for case, value in {"plain": "{}", "cached": "{}", "edited": "[]"}.items():
        folder = project / case / "checks"
        (folder / "deeper").mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "deeper" / "values.json").write_text(value, encoding="utf-8")
    for name in (".git/config", ".mypy_cache/a", "deeper/__pycache__/b.txt", "c.pyc"):
        unwanted = project / "cached" / "checks" / name
        unwanted.parent.mkdir(exist_ok=True)
        unwanted.touch()
    modules = {
        case: {**STATELESS, "extra_source_paths": [f"../{case}/checks/"]}
        for case in ("plain", "cached", "edited")
    }
    made = plan(project, role_arn, modules)
    hashes = {case: package(made, case)[1] for case in modules}
    assert hashes["cached"] == hashes["plain"] != hashes["edited"]


def test_what_requirements_refer_to_is_part_of_the_hash(project: Path, role_arn: str) -> None:
    lines = [
        "-r more/included.txt\n",
        "./libs/common[fast]\n",
        "rates @ file:libs/rates ; python_version > '3.8'\n",
    ]
    edits: dict[str, dict[str, str]] = {
        "same": {},
        "built": {"libs/common/common.egg-info/PKG-INFO": "left by a build\n"},
        "included": {"more/included.txt": "-c versions.txt\n"},
        "constraint": {"more/versions.txt": "boto3<3\n"},
        "project": {"libs/common/common/main.py": "LIMIT = 2\n"},
        "url": {"libs/rates/rates.py": "VAT = 20\n"},
        "nested": {"libs/third/third.py": "VALUE = 2\n"},
    }
    for case, edited in edits.items():
        folder = project / case
        files = {
            "requirements.txt": "".join(lines),
            "more/included.txt": "-c versions.txt\n./libs/third/  # shared\n",
            "more/versions.txt": "boto3<2\n",
            "libs/common/common/main.py": "LIMIT = 1\n",
            "libs/rates/rates.py": "VAT = 19\n",
            "libs/third/third.py": "VALUE = 1\n",
        }
        for name, content in {**files, **edited}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
    modules = {
        case: {**STATELESS, "requirements_path": f"../{case}/requirements.txt"} for case in edits
    }
    made = plan(project, role_arn, modules)
    hashes = {case: package(made, case)[1] for case in edits}
    assert hashes.pop("built") == hashes["same"]
    assert len(set(hashes.values())) == len(hashes)


def test_every_function_name_gives_valid_names_of_resources(project: Path, role_arn: str) -> None:
    modules = {
        f"{mode}{number}": {"lambda_name": name, "diva_mode": mode}
        for mode in STATES
        for number, name in enumerate(NAMES)
    }
    made = plan(project, role_arn, modules)
    for mode, (output, shape) in STATES.items():
        instances = [planned_outputs(made, f"{mode}{number}") for number in range(len(NAMES))]
        rules = {instance["eventbridge_rule_name"] for instance in instances}
        assert all(re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name) for name in rules), rules
        states = {instance[output] for instance in instances}
        assert all(re.fullmatch(shape, name) for name in states), states
        assert len(rules) == len(states) == len(NAMES), "no two functions share a name"


def package(plan: dict[str, Any], instance: str) -> tuple[str, str]:
    """Return the path and the hash of the package of an instance."""
    address = f"module.{instance}.module.function.aws_lambda_function.this"
    [change] = [item for item in plan["resource_changes"] if item["address"] == address]
    after = change["change"]["after"]
    return after["filename"], after["source_code_hash"]
