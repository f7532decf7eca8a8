"""The image of the function and its deployment, with recorded `aws` and `docker`.

No container engine is needed, so that the image itself is not built here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import hcl2
import pytest
from botocore import xform_name
from botocore.validate import ParamValidator

from cli.common.paths import ROOT

FUNCTION = ROOT / "lambda" / "scheduled_digest"
WORKFLOW = ROOT / ".github" / "workflows" / "scheduled-digest.yml"
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
URI = f"{REGISTRY}/infrasync-digest-lambda"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script of bash")

# An ECR repository and a function, in a file, as far as the script asks for them.
_FAKE = """#!{python}
import json, os, sys
from pathlib import Path
folder = Path({folder!r})
name, arguments = Path(sys.argv[0]).name, sys.argv[1:]
password = sys.stdin.read() if arguments[:1] == ["login"] else ""
with open(folder / "calls", "a") as calls:
    calls.write(json.dumps([name, *arguments]) + "\\n")
state = json.loads((folder / "state").read_text())
tags, images = state["tags"], state["images"]
def after(option):
    return arguments[arguments.index(option) + 1]
if " ".join([name, *arguments]).startswith(state["fails"]):
    sys.exit("refused")
if name == "docker":
    if arguments[0] == "login" and password != "secret":
        sys.exit("no password")
    if arguments[0] == "build":
        images[after("--tag")] = "sha256:" + "b" * 64
    if arguments[0] == "tag":
        images[arguments[2]] = images[arguments[1]]
    if arguments[0] == "push":
        tags[arguments[1].rpartition(":")[2]] = images[arguments[1]]
elif arguments[:2] == ["ecr", "get-login-password"]:
    print("secret", end="")
elif arguments[:2] == ["ecr", "batch-get-image"]:
    kind, _, value = after("--image-ids").partition("=")
    if "imageManifest" in after("--query"):
        print(json.dumps({{"digest": value}}))
    else:
        print(tags.get(value, "None"))
elif arguments[:2] == ["ecr", "put-image"]:
    tags[after("--image-tag")] = json.loads(after("--image-manifest"))["digest"]
    print(after("--image-tag"))
elif arguments[:2] == ["lambda", "update-function-code"]:
    state["runs"] = after("--image-uri")
    print("InProgress")
elif arguments[:2] == ["lambda", "get-function"]:
    digest = state["stuck"] or tags[state["runs"].rpartition(":")[2]]
    print("Active", state["update"], "uri@" + digest, sep="\\t")
(folder / "state").write_text(json.dumps(state))
"""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A clone of the project, and what the script has done."""

    folder: Path
    commit: str

    @property
    def tag(self) -> str:
        """The tag of the image of the commit."""
        return f"v-{self.commit[:12]}"

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        script = self.folder / "clone" / "lambda" / "scheduled_digest" / "deploy-lambda.sh"
        return self._run([str(script), *arguments], environ)

    def run_step(self, name: str, **environ: str) -> dict[str, str]:
        """Run the shell commands of a step of the workflow, and return the outputs of the step."""
        _, found, rest = WORKFLOW.read_text().partition(f"- name: {name}\n")
        commands = re.search(r"^ {8}run: \|\n((?: {10}.*\n)+)", rest, re.MULTILINE)
        assert found
        assert commands
        outputs = self.folder / "outputs"
        outputs.touch()
        given = {"ACCOUNT": "123456789012", "ECR_REPOSITORY": "infrasync-digest-lambda", **environ}
        done = self._run(
            ["bash", "-e", "-c", textwrap.dedent(commands[1])],
            {**given, "LAMBDA_ECR_URI": "", "GITHUB_OUTPUT": str(outputs)},
        )
        assert done.returncode == 0, done.stderr
        return dict(line.split("=", 1) for line in outputs.read_text().splitlines())

    def _run(
        self, command: Sequence[str], environ: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        set_up = {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "LAMBDA_ECR_URI": URI,
            "LAMBDA_NAME": "infrasync-digest-lambda",
            "AWS_REGION": "us-east-1",
            **environ,
        }
        return subprocess.run(
            command,
            env=set_up,
            cwd=self.folder / "clone",
            capture_output=True,
            text=True,
            check=False,
        )

    def set(self, **values: object) -> None:
        file = self.folder / "state"
        file.write_text(json.dumps({**self.state(), **values}))

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads((self.folder / "state").read_text())
        return state

    def calls(self) -> list[list[str]]:
        """Return the commands that the script has run."""
        file = self.folder / "calls"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def steps(self) -> list[str]:
        """Return the beginnings of these commands."""
        return [" ".join(call[: 2 if call[0] == "docker" else 3]) for call in self.calls()]


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    clone = tmp_path / "clone"
    shutil.copytree(
        FUNCTION,
        clone / "lambda" / "scheduled_digest",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (clone / "lambda" / "diva_common").mkdir()
    (clone / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    text = _FAKE.format(python=sys.executable, folder=str(tmp_path))
    programs = [tmp_path / "bin" / "aws", tmp_path / "bin" / "docker", clone / "scripts" / "test"]
    for each in programs:
        each.write_text(text)
        each.chmod(each.stat().st_mode | stat.S_IXUSR)
    state = {"tags": {}, "images": {}, "runs": "", "update": "Successful", "stuck": ""}
    (tmp_path / "state").write_text(json.dumps({**state, "fails": "nothing"}))
    git = ["git", "-C", str(clone), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        subprocess.run([*git, *command], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return Deployment(tmp_path, head.stdout.strip())


BUILDING = [
    "docker build",
    "docker run",
    "aws ecr get-login-password",
    "docker login",
    "docker push",
]
DEPLOYING = [
    "aws ecr batch-get-image",
    "aws lambda update-function-code",
    "aws lambda wait",
    "aws lambda get-function",
    "aws ecr batch-get-image",
]
MOVING = ["aws ecr batch-get-image", "aws ecr put-image"]


def test_an_image_is_tested_built_pushed_deployed_and_verified(deployment: Deployment) -> None:
    done = deployment.run()
    assert (done.returncode, done.stderr) == (0, "")
    tests = f"test {deployment.folder / 'clone' / 'tests' / 'scheduled_digest'}"
    assert deployment.steps() == [tests, *BUILDING, *DEPLOYING, *MOVING]
    state = deployment.state()
    assert state["runs"] == f"{URI}:{deployment.tag}"
    assert state["tags"].keys() == {deployment.tag, "latest"}
    assert done.stdout.endswith(f"Deployed {URI}:{deployment.tag} to infrasync-digest-lambda.\n")


def test_tests_can_be_skipped_and_a_release_has_a_tag(deployment: Deployment) -> None:
    done = deployment.run("--skip-tests", "--release", "1.4.0")
    assert done.returncode == 0, done.stderr
    assert deployment.steps()[0] == "docker build"
    tags = deployment.state()["tags"]
    assert tags.keys() == {deployment.tag, "v-1.4.0", "latest"}
    assert len(set(tags.values())) == 1


def test_nothing_is_built_if_the_tests_fail(deployment: Deployment) -> None:
    deployment.set(fails="test ")
    assert deployment.run().returncode != 0
    assert [call[0] for call in deployment.calls()] == ["test"]


@pytest.mark.parametrize("failing", ["docker build", "docker run", "docker login", "docker push"])
def test_nothing_is_deployed_if_a_step_before_fails(deployment: Deployment, failing: str) -> None:
    deployment.set(fails=failing)
    assert deployment.run("--skip-tests").returncode != 0
    assert not deployment.state()["runs"]
    assert "latest" not in deployment.state()["tags"]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"update": "Failed"}, "the update of infrasync-digest-lambda is Failed."),
        ({"stuck": f"sha256:{'0' * 64}"}, "and not the image sha256:"),
    ],
)
def test_latest_is_what_was_deployed_last(
    deployment: Deployment, wrong: dict[str, str], reason: str
) -> None:
    deployment.set(**wrong, tags={"latest": f"sha256:{'a' * 64}"})
    done = deployment.run("--skip-tests")
    assert done.returncode == 1
    assert reason in done.stderr
    assert deployment.state()["tags"]["latest"] == f"sha256:{'a' * 64}"


def test_a_rollback_deploys_an_earlier_image(deployment: Deployment) -> None:
    earlier, newer = f"sha256:{'a' * 64}", f"sha256:{'c' * 64}"
    deployment.set(tags={"v-abc123": earlier, "v-def456": newer, "latest": newer})
    done = deployment.run("--rollback", "v-abc123")
    assert (done.returncode, done.stderr) == (0, "")
    assert deployment.steps() == [*DEPLOYING, *MOVING]
    assert deployment.state()["runs"] == f"{URI}:v-abc123"
    assert deployment.state()["tags"]["latest"] == earlier


def test_a_rollback_to_an_image_that_is_missing_changes_nothing(deployment: Deployment) -> None:
    done = deployment.run("--rollback", "v-abc123")
    assert done.returncode == 1
    assert (
        "the repository infrasync-digest-lambda has no image with the tag v-abc123" in done.stderr
    )
    assert deployment.steps() == ["aws ecr batch-get-image"]


def test_an_image_that_was_only_built_can_be_deployed(deployment: Deployment) -> None:
    """As the workflow does, in two jobs."""
    assert deployment.run("--skip-tests", "--build-only").returncode == 0
    assert deployment.steps() == BUILDING
    assert deployment.run("--deploy", deployment.tag).returncode == 0
    assert deployment.state()["runs"] == f"{URI}:{deployment.tag}"


def test_the_workflow_deploys_what_it_has_built_and_scanned(deployment: Deployment) -> None:
    job = r"^  (\w+):\n(?:    (?!needs:).*\n)*    needs: \[?([\w, ]+)\]?$"
    assert dict(re.findall(job, WORKFLOW.read_text(), re.MULTILINE)) == {
        "build": "scan, test, configuration",
        "deploy": "build",
        "notify": "scan, test, configuration, build, deploy",
    }
    outputs = deployment.run_step(
        "Build and push the image", REF_TYPE="tag", REF_NAME="v1.4.0-rc.1"
    )
    assert outputs == {"tag": deployment.tag, "image": f"{URI}:{deployment.tag}"}
    assert deployment.state()["tags"].keys() == {deployment.tag, "v-1.4.0-rc.1"}
    deployment.run_step("Deploy the image, and verify the deployment", TAG=outputs["tag"])
    assert deployment.steps() == [*BUILDING, "docker tag", "docker push", *DEPLOYING, *MOVING]
    assert deployment.state()["runs"] == f"{URI}:{deployment.tag}"


def test_changes_that_are_not_committed_are_not_deployed(deployment: Deployment) -> None:
    clone = deployment.folder / "clone" / "lambda"
    (clone / "scheduled_digest" / "period.py").write_text("wrong = True\n")
    done = deployment.run("--skip-tests")
    assert done.returncode == 1
    assert "has changes that are not committed" in done.stderr
    assert deployment.calls() == []


@pytest.mark.parametrize(
    ("arguments", "environ", "reason"),
    [
        (["--fast"], {}, "unknown argument --fast"),
        (["--rollback"], {}, "--rollback requires a value."),
        (["--release", "1.4"], {}, "must be a semantic version such as 1.4.0, but is 1.4."),
        (["--deploy", "v-1", "--build-only"], {}, "cannot be combined with"),
        ([], {"LAMBDA_NAME": ""}, "the environment variable LAMBDA_NAME is not set"),
        ([], {"LAMBDA_ECR_URI": "digest"}, "but is digest."),
    ],
)
def test_wrong_arguments_are_explained(
    deployment: Deployment, arguments: Sequence[str], environ: dict[str, str], reason: str
) -> None:
    done = deployment.run(*arguments, **environ)
    assert done.returncode == 2
    assert reason in done.stderr
    assert deployment.calls() == []


def test_every_command_is_one_of_the_aws_cli(deployment: Deployment) -> None:
    assert deployment.run("--skip-tests").returncode == 0
    for _, service, operation, *rest in (call for call in deployment.calls() if call[0] == "aws"):
        client = boto3.client(service, region_name="us-east-1")
        if operation == "wait":
            assert xform_name(rest.pop(0).replace("-", "_")) in client.waiter_names
            operation = "get-function"
        if operation == "get-login-password":  # of the CLI alone
            operation = "get-authorization-token"
        method = client.meta.method_to_api_mapping[operation.replace("-", "_")]
        shape = client.meta.service_model.operation_model(method).input_shape
        known = {f"--{xform_name(name, '-')}" for name in shape.members} | {"--query", "--output"}
        assert {each for each in rest if each.startswith("--")} <= known


def test_the_configuration_is_valid_and_has_the_defaults_of_the_module() -> None:
    configuration = json.loads((FUNCTION / "lambda-config.json").read_text())
    model = boto3.client("lambda", region_name="us-east-1").meta.service_model
    shape = model.operation_model("CreateFunction").input_shape
    problems = ParamValidator().validate(configuration, shape)
    assert not problems.has_errors(), problems.generate_report()
    module = ROOT / "modules" / "scheduled-digest" / "variables.tf"
    defaults = {
        name.strip('"'): variable.get("default")
        for block in hcl2.loads(module.read_text())["variable"]
        for name, variable in block.items()
    }
    assert configuration["MemorySize"] == defaults["memory_mb"]
    assert configuration["Timeout"] == defaults["timeout_sec"]
    assert configuration["Architectures"] == [json.loads(defaults["architecture"])]
    variables = configuration["Environment"]["Variables"]
    assert variables["RETENTION_DAYS"] == str(defaults["retention_days"])
    assert variables["MAX_CONCURRENCY"] == str(defaults["max_concurrency"])


@pytest.mark.parametrize(
    ("program", "file"), [("hadolint", "Dockerfile"), ("shellcheck", "deploy-lambda.sh")]
)
def test_linters_find_nothing(program: str, file: str) -> None:
    path = shutil.which(
        program, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )
    assert path, f"{program} is not installed"
    done = subprocess.run([path, str(FUNCTION / file)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_contains_what_the_function_imports() -> None:
    """The Dockerfile copies the folders that the zip is made of, and calls the same handler."""
    text = (FUNCTION / "Dockerfile").read_text()
    module = (ROOT / "modules" / "scheduled-digest" / "main.tf").read_text()
    assert 'for name in ["diva_common", "scheduled_digest"]' in module
    assert "COPY diva_common/ diva_common/\nCOPY scheduled_digest/*.py scheduled_digest/\n" in text
    assert 'CMD ["scheduled_digest.lambda_function.lambda_handler"]' in text
    assert '"scheduled_digest.lambda_function.lambda_handler"' in module
    stages = text.split("\nFROM ")
    assert len(stages) == 3
    assert "\nUSER 1000:1000\n" in stages[-1]
