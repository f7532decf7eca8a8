"""What all tests share: the embedded AWS, and how pytest-terraform finds Terraform."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from cli import provider

if TYPE_CHECKING:
    from local_aws import LocalAws


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    # pytest-terraform takes OpenTofu where it finds it, and without either binary it stops
    # every test, also those that need none.
    if not config.getoption("dest_tf_binary"):
        config.option.dest_tf_binary = shutil.which("terraform") or "terraform"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # A process can run one embedded AWS at a time, so what starts its own comes before the
    # first test that needs the session's.
    items.sort(key=lambda item: not item.path.name.startswith("test_local_aws"))


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalAws]:
    """The embedded AWS, which this process's environment leads to from here on."""
    import boto3

    from local_aws import LocalAws  # moto takes seconds to import, and most tests need none

    with LocalAws() as aws, pytest.MonkeyPatch.context() as patch:
        wanted = provider.environ({**os.environ, **aws.environ})
        for name in os.environ.keys() - wanted.keys():
            patch.delenv(name)
        for name, value in wanted.items():
            patch.setenv(name, value)
        # A session remembers the configuration that it was made under.
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        yield aws
