"""Fixtures of the Terraform tests: the provider, a role, a copy of the project."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytest_terraform import tf

from cli.common import paths
from cli.common.terraform import Terraform, working_copy

from .roots import write_event_logic

if TYPE_CHECKING:
    from local_aws import LocalAws

ASSUMED_BY_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ],
}


@pytest.fixture(scope="session", autouse=True)
def copies(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Run pytest-terraform in a copy of this directory, and download the provider once.

    pytest-terraform leaves a lock file, a package and its own state beside a root module, and does
    not prevent two commands from downloading the provider at the same time.
    """
    project = working_copy(tmp_path_factory.mktemp("copies") / "project")
    here = Path(__file__).parent
    copy = project / here.relative_to(paths.ROOT)
    shutil.copytree(here, copy, ignore=shutil.ignore_patterns("__pycache__"))
    tf.LazyModuleDir.value = str(copy)
    Terraform(project).init()


@pytest.fixture(scope="module", autouse=True)
def before_all_that_is_applied(aws: LocalAws) -> None:
    """Start the embedded AWS before pytest-terraform applies, and stop it after the destroy."""


@pytest.fixture(scope="module")
def role_arn(aws: LocalAws) -> str:
    """The ARN of a role that Lambda can assume."""
    role = aws.client("iam").create_role(
        RoleName="tests", AssumeRolePolicyDocument=json.dumps(ASSUMED_BY_LAMBDA)
    )
    return str(role["Role"]["Arn"])


@pytest.fixture
def project(tmp_path: Path, aws: LocalAws) -> Path:
    """A copy of the project, with an `event_logic.py` whose one event is `first`."""
    project = working_copy(tmp_path / "project")
    write_event_logic(project, "first")
    return project
