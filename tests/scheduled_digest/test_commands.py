"""The commands in the documentation of the scheduled digest are ones that exist."""

from __future__ import annotations

import re
from pathlib import Path

import boto3
import pytest
from botocore import xform_name

from cli.common.paths import ROOT

DOCUMENTS = [
    ROOT / "lambda" / "scheduled_digest" / "README.md",
    ROOT / "lambda" / "scheduled_digest" / "SECRETS-MANAGEMENT.md",
    ROOT / "examples" / "scheduled-digest" / "README.md",
]
GLOBAL = {"--query", "--output", "--cli-input-json", "--cli-binary-format"}
OF_THE_CLI_ALONE = {("logs", "tail")}


def shell_lines(document: Path) -> list[str]:
    """Return the commands of a document, each in one line."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", document.read_text(), re.DOTALL | re.MULTILINE)
    text = "\n".join(blocks).replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_of_the_aws_cli_are_known(document: Path) -> None:
    found = [
        match
        for line in shell_lines(document)
        for match in re.finditer(r"\baws ([a-z]+) ([a-z-]+)([^)]*)", line)
    ]
    assert found
    for match in found:
        service, operation, rest = match.groups()
        if (service, operation) in OF_THE_CLI_ALONE:
            continue
        client = boto3.client(service, region_name="us-east-1")
        name = client.meta.method_to_api_mapping[operation.replace("-", "_")]
        members = client.meta.service_model.operation_model(name).input_shape.members
        known = {f"--{xform_name(member, '-')}" for member in members} | GLOBAL
        given = set(re.findall(r"(?<=\s)--[a-z-]+", re.sub(r"'[^']*'", "", rest)))
        negated = {f"--no-{option.removeprefix('--')}" for option in known}
        assert given <= known | negated, match[0]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_files_in_commands_exist(document: Path) -> None:
    for line in shell_lines(document):
        for path in re.findall(r"(?:^|file://)((?:scripts|lambda|tests)/\S+)", line):
            assert (ROOT / path).exists(), line
