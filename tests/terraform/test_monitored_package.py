"""The package of a monitored function: which files of its directory are deployed."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.common.terraform import Terraform, TerraformError

from .monitored_functions import (
    FIXTURES,
    bucket_for_packages,
    built,
    code_hash,
    contents,
    root,
)

if TYPE_CHECKING:
    from local_aws import LocalAws

HANDLER = """
import json
from pathlib import Path

from helpers.deeper import texts

HERE = Path(__file__).parent


def lambda_handler(event, context):
    settings = (HERE / ".config" / "settings.ini").read_text()
    return [json.loads((HERE / "data" / "prices.json").read_text()), settings, texts.GREETING]
"""
TOOL_HANDLER = """
import subprocess
from pathlib import Path

TOOL = Path(__file__).parents[1] / "bin" / "tool"


def run(event, context):
    return [__name__, subprocess.run([TOOL], capture_output=True, text=True, check=True).stdout]
"""
WANTED = {
    "main.py": HANDLER.encode(),
    "data/prices.json": b'{"bolt": 9}',
    "data/empty.csv": b"",
    "data/image.bin": bytes(range(256)),
    "data/name with spaces, ünd more.txt": b"text",
    ".env.defaults": b"HIDDEN=1\n",
    ".config/settings.ini": b"level = 3\n",
    "helpers/__init__.py": b"",
    "helpers/deeper/__init__.py": b"",
    "helpers/deeper/texts.py": b'GREETING = "hello"\n',
    "build/page.html": b"<p>",
    "run.sh": b"#!/bin/sh\n",
}
UNWANTED = [
    "__pycache__/main.cpython-313.pyc",
    "helpers/__pycache__/texts.cpython-313.pyc",
    "helpers/left.pyc",
    "helpers/left.pyo",
    ".git/config",
    ".venv/lib/python3.13/site-packages/left.py",
    "venv/lib/python3.13/site-packages/left.py",
    ".tox/left.py",
    ".mypy_cache/left.json",
    ".pytest_cache/left",
    ".ruff_cache/left",
    ".terraform/left",
    ".build/left.zip",
    "terraform.tfstate",
    "terraform.tfstate.backup",
    ".DS_Store",
    "data/.DS_Store",
]
WHOLE = [{"bolt": 9}, "level = 3\n", "hello"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The directory of a function, with files that tools leave there."""
    folder = tmp_path / "code"
    for name, content in {**WANTED, **dict.fromkeys(UNWANTED, b"unwanted")}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_a_directory_is_deployed_completely_and_again_after_an_edit(
    aws: LocalAws, tmp_path: Path, folder: Path
) -> None:
    functions: dict[str, dict[str, Any]] = {
        "whole": {
            "lambda_source_dir": f"{folder}/",
            "s3_bucket": bucket_for_packages(aws),
            "provisioned_concurrent_executions": 1,
        },
        # requirements_file takes precedence: the release in the directory does not exist.
        "given": {
            "lambda_source_dir": str(folder_that_requires(tmp_path / "other", "markupsafe==0")),
            "requirements_file": str(FIXTURES / "lambda_with_deps" / "requirements.txt"),
        },
    }
    terraform = root(tmp_path / "project", functions)
    terraform.apply()
    assert contents(built(terraform, "whole")) == WANTED
    assert "markupsafe/__init__.py" in contents(built(terraform, "given"))
    assert deployed(aws, "given") == code_hash(built(terraform, "given"))
    outputs = terraform.output()["whole"]
    live = outputs["lambda_alias_arn"]
    for target in ("whole", live):
        assert aws.invoke(target).payload == WHOLE
    assert not terraform.plan(), "a second plan is empty"

    (folder / "data" / "prices.json").write_text('{"bolt": 10}', encoding="utf-8")
    (folder / "__pycache__" / "another.pyc").touch()
    shutil.rmtree(terraform.folder / ".build")
    changes = planned(terraform, tmp_path / "plan")
    assert changes == {
        ("whole", "terraform_data"): ["create", "delete"],
        ("whole", "aws_s3_object"): ["create", "delete"],
        ("whole", "aws_lambda_function"): ["update"],
        ("whole", "aws_lambda_alias"): ["update"],
    }
    terraform.apply(plan=tmp_path / "plan")
    for target in ("whole", live):
        assert aws.invoke(target).payload == [{"bolt": 10}, *WHOLE[1:]]

    shutil.rmtree(folder)
    with pytest.raises(TerraformError) as missing:
        terraform.plan()
    said = " ".join(missing.value.output.split())
    assert f'The source directory "{folder}/" of whole does not exist' in said
    terraform.destroy()
    functions_left = aws.client("lambda").list_functions()["Functions"]
    assert not {"whole", "given"} & {each["FunctionName"] for each in functions_left}


def test_a_package_can_have_twenty_thousand_files(aws: LocalAws, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    names = [f"package_{number % 100}/module_{number}.py" for number in range(20_000)]
    for name in names:
        write(folder / name, f"NAME = {name!r}\n")
    main = "from package_99 import module_19999\n"
    main += "def lambda_handler(event, context):\n    return module_19999.NAME\n"
    write(folder / "main.py", main)
    variables = {"lambda_source_dir": str(folder), "s3_bucket": bucket_for_packages(aws)}
    terraform = root(tmp_path / "project", {"many": variables})
    terraform.plan(out=tmp_path / "plan")
    with zipfile.ZipFile(tmp_path / "plan") as plan:
        parts = [name for name in plan.namelist() if not name.startswith("tfconfig/")]
        texts = {name: plan.read(name) for name in parts}
    assert texts["tfplan"]
    assert not [name for name in parts if b"module_19999" in texts[name]]
    terraform.apply(plan=tmp_path / "plan")
    assert contents(built(terraform, "many")).keys() == {"main.py", *names}
    assert aws.invoke("many").payload == names[-1]
    assert not terraform.plan(), "a second plan is empty"


def test_what_lambda_takes_as_package_and_handler_is_deployed(
    aws: LocalAws, tmp_path: Path
) -> None:
    handler = "def run(event, context):\n    return __name__\n"
    given = tmp_path / "given.zip"
    with zipfile.ZipFile(given, "w") as archive:
        archive.writestr("main.py", handler)
    write(tmp_path / "slashes" / "api" / "v1-orders.py", TOOL_HANDLER)
    write(tmp_path / "slashes" / "bin" / "tool", "#!/bin/sh\necho hello\n")
    (tmp_path / "slashes" / "bin" / "tool").chmod(0o755)
    for unwanted in ("tests/test_orders.py", "notes.md", "api/notes.md", "bin/secret.key"):
        write(tmp_path / "slashes" / unwanted, "unwanted")
    bucket = bucket_for_packages(aws)
    functions: dict[str, dict[str, Any]] = {
        "given-zip": {
            "lambda_source_dir": None,
            "package_path": str(given),
            "handler": "main.run",
        },
        "slashes": {
            "lambda_source_dir": str(tmp_path / "slashes"),
            "handler": "api/v1-orders.run",
            "source_excludes": ["tests", "**/*.md", "bin/*.key"],
        },
        "in-layer": {
            "lambda_source_dir": str(tmp_path / "slashes" / "bin"),
            "lambda_insights_layer_arn": empty_layer(aws),
            "handler": "layer_wrapper.handler",
        },
    }
    for variables in functions.values():
        variables["s3_bucket"] = bucket
    terraform = root(tmp_path / "project", functions)
    terraform.apply()
    assert aws.invoke("given-zip").payload == "main"
    assert aws.invoke("slashes").payload == ["api.v1-orders", "hello\n"]
    assert list(contents(built(terraform, "slashes"))) == ["api/v1-orders.py", "bin/tool"]
    assert not terraform.plan(), "a second plan is empty"


def empty_layer(aws: LocalAws) -> str:
    """Publish a layer, and return the ARN of its version."""
    content = b"PK\x05\x06" + bytes(18)
    layer = aws.client("lambda").publish_layer_version(
        LayerName="wrapper", Content={"ZipFile": content}
    )
    return str(layer["LayerVersionArn"])


def test_functions_share_directories(aws: LocalAws, tmp_path: Path) -> None:
    main = "from shared import rates\nfrom shared.deeper import texts\n"
    main += "def lambda_handler(event, context):\n    return [rates.VAT, texts.GREETING, NAME]\n"
    for name in ("orders", "invoices"):
        write(tmp_path / name / "main.py", f"{main}NAME = {name!r}\n")
    write(tmp_path / "common" / "rates.py", "VAT = 19\n")
    write(tmp_path / "common" / "__pycache__" / "rates.pyc", "unwanted")
    write(tmp_path / "texts" / "texts.py", "GREETING = 'hello'\n")
    shared = {"shared": str(tmp_path / "common"), "shared/deeper": f"{tmp_path / 'texts'}/"}
    functions = {
        name: {"lambda_source_dir": str(tmp_path / name), "source_roots": shared}
        for name in ("orders", "invoices")
    }
    terraform = root(tmp_path / "project", functions)
    terraform.apply()
    assert list(contents(built(terraform, "orders"))) == [
        "main.py",
        "shared/deeper/texts.py",
        "shared/rates.py",
    ]
    assert aws.invoke("orders").payload == [19, "hello", "orders"]
    assert aws.invoke("invoices").payload == [19, "hello", "invoices"]
    assert not terraform.plan(), "a second plan is empty"

    write(tmp_path / "common" / "rates.py", "VAT = 20\n")
    terraform.apply()
    assert aws.invoke("orders").payload[0] == aws.invoke("invoices").payload[0] == 20

    (tmp_path / "texts" / "rates.py").symlink_to(tmp_path / "common" / "rates.py")
    with pytest.raises(TerraformError) as refused:
        terraform.apply()
    said = " ".join(refused.value.output.split())
    assert f"{tmp_path}/texts/rates.py must be inside {tmp_path}/texts, but resolves to" in said


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_unsafe_files_are_rejected(aws: LocalAws, tmp_path: Path, folder: Path) -> None:
    secret = tmp_path / "elsewhere" / "secret.txt"
    secret.parent.mkdir()
    secret.write_text("outside", encoding="utf-8")
    sources = {
        name: shutil.copytree(folder, tmp_path / name)
        for name in ("linked", "linking", "foreign", "good")
    }
    (sources["linked"] / "data" / "link.txt").symlink_to(secret)
    (sources["linking"] / "data" / "link").symlink_to(secret.parent, target_is_directory=True)
    (sources["foreign"] / "helpers" / "fast.so").write_bytes(elf(machine=62))
    (sources["good"] / "link.json").symlink_to("data/prices.json")
    (sources["good"] / "helpers" / "fast.so").write_bytes(elf(machine=183))
    functions = {
        name: {"lambda_source_dir": str(source), "architecture": "arm64"}
        for name, source in sources.items()
    }
    terraform = root(tmp_path / "project", functions)
    with pytest.raises(TerraformError) as refused:
        terraform.apply()
    said = " ".join(refused.value.output.split())
    assert said.count("Error: ") == 3
    for name, link in (("linked", "data/link.txt"), ("linking", "data/link/secret.txt")):
        assert f"{sources[name]}/{link} must be inside {sources[name]}, but resolves to" in said
    assert "helpers/fast.so must be compiled for arm64 Linux, but is compiled for x86_64." in said
    there = {each["FunctionName"] for each in aws.client("lambda").list_functions()["Functions"]}
    assert there & sources.keys() == {"good"}
    assert contents(built(terraform, "good"))["link.json"] == WANTED["data/prices.json"]


def elf(machine: int) -> bytes:
    """Return the ELF header of code that is compiled for a machine."""
    return b"\x7fELF\x02\x01" + bytes(12) + machine.to_bytes(2, "little") + bytes(44)


def folder_that_requires(folder: Path, requirement: str) -> Path:
    shutil.copytree(FIXTURES / "simple_lambda", folder)
    (folder / "requirements.txt").write_text(f"{requirement}\n", encoding="utf-8")
    return folder


def deployed(aws: LocalAws, name: str) -> str:
    function = aws.client("lambda").get_function_configuration(FunctionName=name)
    return str(function["CodeSha256"])


def planned(terraform: Terraform, file: Path) -> dict[tuple[str, str], list[str]]:
    """Plan, and return the actions by function and type of resource."""
    terraform.plan(out=file)
    changes: dict[tuple[str, str], Any] = {
        (change["address"].split(".")[1], change["type"]): sorted(change["change"]["actions"])
        for change in terraform.show(file)["resource_changes"]
        if change["change"]["actions"] not in (["no-op"], ["read"])
    }
    return changes
