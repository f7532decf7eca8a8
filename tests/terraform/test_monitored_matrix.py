"""The monitored function for each architecture, Python version and strategy.

The embedded AWS runs functions on the Python and the processor of this machine. For all others, the
tests inspect the package: whether its code is compiled for what Lambda would run it on.
"""

from __future__ import annotations

import itertools
import platform
import re
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.common.terraform import Terraform, TerraformError

from .monitored_functions import (
    FIXTURES,
    MINUTE,
    Mail,
    address,
    bucket_for_packages,
    built,
    code_hash,
    contents,
    full_minute,
    put,
    root,
    subject,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from local_aws import LocalAws

# By architecture: its number in ELF headers, and its name in library names.
MACHINES = {"arm64": (183, "aarch64"), "x86_64": (62, "x86_64")}
VERSIONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]
STRATEGIES = ["immediate", "threshold"]
COMBINATIONS = list(itertools.product(MACHINES, VERSIONS, STRATEGIES))

# Not supported by the provider before 6.20.
NEWEST = "3.14"


@dataclass(frozen=True, slots=True)
class Combinations:
    """The packages of all functions, and the outputs of those that are deployed."""

    packages: dict[str, Path]
    outputs: dict[str, dict[str, Any]]


def name_of(architecture: str, version: str, strategy: str) -> str:
    return f"{architecture}-{version}-{strategy}".replace(".", "-")


@pytest.fixture(scope="module")
def combinations(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Combinations:
    bucket = bucket_for_packages(aws)
    functions = {
        (architecture, version, strategy): {
            "lambda_source_dir": str(FIXTURES / "lambda_with_deps"),
            "python_version": version,
            "architecture": architecture,
            "alert_strategy": strategy,
            "s3_bucket": bucket,
        }
        for architecture, version, strategy in COMBINATIONS
    }
    folder = tmp_path_factory.mktemp("combinations")
    packages: dict[str, Path] = {}
    outputs: dict[str, dict[str, Any]] = {}
    for newest in (False, True):
        named = {
            name_of(*combination): variables
            for combination, variables in functions.items()
            if (variables["python_version"] == NEWEST) == newest
        }
        terraform = root(folder / f"newest-{newest}", named)
        if newest and refuses_newest(terraform, len(named)):
            build_only(terraform, named)
        else:
            terraform.apply()
            outputs |= terraform.output()
        packages |= {name: built(terraform, name) for name in named}
    return Combinations(packages, outputs)


def refuses_newest(terraform: Terraform, count: int) -> bool:
    """Return whether the provider does not support the newest Python, the only error allowed."""
    try:
        terraform.plan()
    except TerraformError as refused:
        said = " ".join(refused.output.split())
        ours = said.count("Error: ")
        theirs = len(re.findall(r"Error: expected runtime to be one of [^]]*], got python", said))
        assert ours == theirs == count, said
        return True
    return False


def build_only(terraform: Terraform, names: dict[str, Any]) -> None:
    targets = [f"-target=module.{name}.module.function.terraform_data.package" for name in names]
    Terraform(terraform.folder, {"TF_CLI_ARGS_apply": " ".join(targets)}).apply()


@pytest.mark.parametrize(("architecture", "version", "strategy"), COMBINATIONS)
def test_the_code_is_for_the_architecture_and_the_python(
    aws: LocalAws,
    combinations: Combinations,
    noted: Callable[[str], None],
    architecture: str,
    version: str,
    strategy: str,
) -> None:
    name = name_of(architecture, version, strategy)
    package = combinations.packages[name]
    machine, its_name = MACHINES[architecture]
    compiled = {
        library: int.from_bytes(content[18:20], "little")
        for library, content in contents(package).items()
        if content.startswith(b"\x7fELF")
    }
    assert compiled == {library_of(version, its_name): machine}

    if name not in combinations.outputs:
        noted(f"This AWS provider rejects python{NEWEST}: its packages were built, not deployed")
        return
    function = aws.client("lambda").get_function_configuration(FunctionName=name)
    assert function["Runtime"] == f"python{version}"
    assert function["Architectures"] == [architecture]
    assert function["CodeSha256"] == code_hash(package)


@pytest.mark.skipif(
    platform.system() != "Linux" or platform.machine() not in ("aarch64", "x86_64"),
    reason="code that is compiled for Lambda runs on Linux",
)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_code_that_is_compiled_for_this_machine_runs(
    aws: LocalAws, combinations: Combinations, strategy: str
) -> None:
    version = f"3.{sys.version_info.minor}"
    [architecture] = [
        name for name, (_, machine) in MACHINES.items() if machine == platform.machine()
    ]
    name = name_of(architecture, version, strategy)
    if name not in combinations.outputs:
        pytest.skip(f"this AWS provider rejects python{version}")
    run = aws.invoke(name, {"text": "1 < 2"})
    library = library_of(version, platform.machine())
    assert run.payload == {"escaped": "1 &lt; 2", "compiled": library}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_function_that_fails_notifies_and_no_other(
    aws: LocalAws, combinations: Combinations, strategy: str
) -> None:
    names = [name for name in combinations.outputs if name.endswith(strategy)]
    assert set(names) >= {
        name_of(architecture, version, strategy)
        for architecture, version in itertools.product(MACHINES, VERSIONS)
        if version != NEWEST
    }
    aws.evaluate_alarms()  # every alarm now has a state, and has sent its first notification
    began = full_minute(days_ago=20 + STRATEGIES.index(strategy))
    for failing in (names[::2], names[1::2]):
        mail = {name: Mail(aws, address(name)) for name in names}
        began += timedelta(hours=1)
        for minute in (0, 1):
            for name in names:
                failed = 10 if name in failing else 0
                put(aws, name, began + minute * MINUTE, {"Invocations": 100, "Errors": failed})
        aws.evaluate_alarms(at=began + 2 * MINUTE)
        aws.evaluate_alarms(at=began + 9 * MINUTE)
        about = f"errors-{strategy}"
        assert {name: mail[name].news() for name in names} == {
            name: [subject(state, name, about) for state in ("ALARM", "OK") if name in failing]
            for name in names
        }


def library_of(version: str, machine: str) -> str:
    tag = f"cpython-{version.replace('.', '')}-{machine}-linux-gnu"
    return f"markupsafe/_speedups.{tag}.so"
