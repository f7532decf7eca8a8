"""The layer with Lambda Insights that a memory alarm adds, by region and architecture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.common.terraform import Terraform, TerraformError, working_copy

from .monitored_functions import MODULE, given
from .roots import write_modules

if TYPE_CHECKING:
    from local_aws import LocalAws

LAYERS = {
    "eu-central-1": (
        "arn:aws:lambda:eu-central-1:580247275435:layer:LambdaInsightsExtension-Arm64:25",
        "arn:aws:lambda:eu-central-1:580247275435:layer:LambdaInsightsExtension:60",
    ),
    "cn-north-1": (
        "arn:aws-cn:lambda:cn-north-1:488211338238:layer:LambdaInsightsExtension-Arm64:25",
        "arn:aws-cn:lambda:cn-north-1:488211338238:layer:LambdaInsightsExtension:48",
    ),
}


@pytest.fixture
def folder(aws: LocalAws, tmp_path: Path) -> Path:
    """A root module with a memory alarm for each architecture."""
    modules = {
        name: given(name, architecture=name, memory_utilization_threshold_percent=90)
        for name in ("arm64", "x86_64")
    }
    return write_modules(working_copy(tmp_path / "project"), MODULE, modules)


def in_region(folder: Path, region: str) -> Terraform:
    terraform = Terraform(folder, {"AWS_REGION": region, "AWS_DEFAULT_REGION": region})
    terraform.init()
    return terraform


@pytest.mark.parametrize("region", LAYERS)
def test_a_memory_alarm_adds_the_layer_of_the_region_and_architecture(
    folder: Path, region: str
) -> None:
    terraform = in_region(folder, region)
    terraform.plan(out=folder / "plan")
    changes = terraform.show(folder / "plan")["resource_changes"]
    functions = [change for change in changes if change["type"] == "aws_lambda_function"]
    layers = tuple(function["change"]["after"]["layers"] for function in functions)
    assert layers == tuple([layer] for layer in LAYERS[region])


def test_a_region_without_a_known_layer_is_named(folder: Path) -> None:
    with pytest.raises(TerraformError) as refused:
        in_region(folder, "ap-east-2").plan()
    output = " ".join(refused.value.output.split())
    assert output.count("Error: ") == 1, "there is a layer for x86_64"
    assert (
        "memory_utilization_threshold_percent must be null unless lambda_insights_layer_arn is set,"
        " since the module knows no layer with Lambda Insights for arm64 in ap-east-2, but is 90."
    ) in output
