"""An existing bucket or table is used, not modified, and not destroyed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.common.terraform import Terraform

from .roots import write_root

if TYPE_CHECKING:
    from local_aws import LocalAws

FAILING = """
def get_events():
    return {"checkout": {"role": "detect", "detect": lambda name: False}}
"""


@pytest.mark.parametrize("mode", ["monolithic", "distributed"])
def test_existing_state_is_used_but_not_modified(
    aws: LocalAws, project: Path, role_arn: str, mode: str
) -> None:
    make, describe, read, variables = PLACES[mode]
    make(aws)
    before = describe(aws)
    (project / "event_logic.py").write_text(FAILING, encoding="utf-8")
    terraform = Terraform(write_root(project, role_arn, {"guest": variables}))
    terraform.init()

    terraform.apply()
    state = json.loads((terraform.folder / "terraform.tfstate").read_text(encoding="utf-8"))
    assert not {item["type"] for item in state["resources"]} & STATE_TYPES
    assert terraform.output()["guest"].items() >= OUTPUTS[mode].items()
    assert describe(aws) == before

    aws.fire("guest-schedule")
    assert read(aws) == 1
    terraform.destroy()
    assert describe(aws) == before
    assert read(aws) == 1, "the state outlives the function"


def make_bucket(aws: LocalAws) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="of-others")
    s3.put_bucket_tagging(
        Bucket="of-others", Tagging={"TagSet": [{"Key": "owner", "Value": "others"}]}
    )


def describe_bucket(aws: LocalAws) -> dict[str, Any]:
    s3 = aws.client("s3")
    found = {"tags": s3.get_bucket_tagging(Bucket="of-others")["TagSet"]}
    for setting in ("versioning", "encryption", "policy", "lifecycle_configuration"):
        found[setting] = answer(s3, f"get_bucket_{setting}", Bucket="of-others")
    found["public"] = answer(s3, "get_public_access_block", Bucket="of-others")
    return found


def read_bucket(aws: LocalAws) -> int:
    stored = aws.client("s3").get_object(Bucket="of-others", Key="shared/state.json")
    return int(json.load(stored["Body"])["checkout"]["detection_failures"])


def make_table(aws: LocalAws) -> None:
    aws.client("dynamodb").create_table(
        TableName="of-others",
        KeySchema=[{"AttributeName": "event_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "event_id", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        Tags=[{"Key": "owner", "Value": "others"}],
    )


def describe_table(aws: LocalAws) -> dict[str, Any]:
    dynamodb = aws.client("dynamodb")
    table = dynamodb.describe_table(TableName="of-others")["Table"]
    return {
        **{name: table[name] for name in table if name not in ("ItemCount", "TableSizeBytes")},
        "backups": dynamodb.describe_continuous_backups(TableName="of-others")[
            "ContinuousBackupsDescription"
        ],
        "tags": dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"],
    }


def read_table(aws: LocalAws) -> int:
    found = aws.client("dynamodb").get_item(
        TableName="of-others", Key={"event_id": {"S": "checkout"}}
    )
    return int(found["Item"]["detection_failures"]["N"])


def answer(client: Any, operation: str, **arguments: str) -> Any:
    """Return a setting, or the error code of AWS if there is none."""
    try:
        content = getattr(client, operation)(**arguments)
    except client.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return {name: value for name, value in content.items() if name != "ResponseMetadata"}


Place = tuple[
    Callable[["LocalAws"], None],
    Callable[["LocalAws"], dict[str, Any]],
    Callable[["LocalAws"], int],
    dict[str, Any],
]
PLACES: dict[str, Place] = {
    "monolithic": (
        make_bucket,
        describe_bucket,
        read_bucket,
        {"s3_bucket_name": "of-others", "state_key": "shared/state.json"},
    ),
    "distributed": (
        make_table,
        describe_table,
        read_table,
        {"diva_mode": "distributed", "dynamodb_table_name": "of-others"},
    ),
}
OUTPUTS = {
    "monolithic": {
        "state_bucket_name": "of-others",
        "state_key": "shared/state.json",
        "dynamodb_table_name": None,
    },
    "distributed": {
        "state_bucket_name": None,
        "state_key": None,
        "dynamodb_table_name": "of-others",
    },
}
STATE_TYPES = {
    "aws_dynamodb_table",
    "aws_s3_bucket",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
}
