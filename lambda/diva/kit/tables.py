"""Tables of DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from decimal import Decimal

from .arguments import require, require_name_or_arn
from .aws import call, region_of
from .callback import Detection, Unhealthy
from .permission import Permission, arn

_ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
Value = str | int | Decimal | bool


@dataclass(frozen=True, slots=True)
class dynamodb_item(Detection):  # noqa: N801
    """Detects that the item with `key` exists and has the attributes in `equals`.

    Values are texts, whole numbers, Decimals or, in `equals`, True and False. Reads are strongly
    consistent.

    IAM actions: `dynamodb:GetItem` on the table; `kms:Decrypt` if it is encrypted with a key of
    your own.
    """

    table: str
    _: KW_ONLY
    key: Mapping[str, Value]
    equals: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.check_timeout()
        require_name_or_arn(self, "table", self.table, _ARN)
        right = "a dict of texts and numbers, for example {'id': 'probe'}"
        is_key = _is_values(self.key, (str, int, Decimal)) and len(self.key) in (1, 2)
        require(is_key, self, "key", self.key, right)
        require(
            _is_values(self.equals, (str, int, Decimal, bool)), self, "equals", self.equals, right
        )

    @property
    def subject(self) -> str:
        return f"the item {dict(self.key)} of {self.table}"

    @property
    def permissions(self) -> tuple[Permission, ...]:
        is_arn = self.table.startswith("arn:")
        resource = self.table if is_arn else arn("dynamodb", f"table/{self.table}")
        return (Permission("dynamodb:GetItem", resource),)

    def detect(self, event_name: str) -> bool | Unhealthy:
        found = call(
            "dynamodb",
            "get_item",
            "dynamodb:GetItem",
            region=region_of(self.table),
            TableName=self.table,
            Key={name: _stored(value) for name, value in self.key.items()},
            ConsistentRead=True,
        ).get("Item")
        if found is None:
            return Unhealthy(f"{self.subject} does not exist")
        for name, value in self.equals.items():
            if not _is_equal(found.get(name, {}), value):
                return Unhealthy(f"{name} of {self.subject} is not {value!r}")
        return True


def _is_values(given: object, kinds: tuple[type, ...]) -> bool:
    return isinstance(given, Mapping) and all(
        isinstance(name, str)
        and isinstance(value, kinds)
        and (bool in kinds or type(value) is not bool)
        for name, value in given.items()
    )


def _stored(value: Value) -> dict[str, object]:
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def _is_equal(stored: Mapping[str, object], value: Value) -> bool:
    wanted = _stored(value)
    if "N" in wanted and "N" in stored:
        return Decimal(str(stored["N"])) == Decimal(str(wanted["N"]))  # 1 may be stored as 1.0
    return stored == wanted
