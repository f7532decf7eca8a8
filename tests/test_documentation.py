"""The READMEs against what they describe: variables, outputs, options, links."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import Any

import hcl2
import pytest

from diva import kit
from diva.kit.callback import Delivery, Detection, Injection
from diva.policy import OPTIONS, read_policies
from diva.settings import MAX_WORKERS
from diva.state import State, to_record

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted({ROOT, *(file.parent for file in ROOT.glob("modules/*/variables.tf"))})
READMES = sorted(
    file for file in ROOT.rglob("README.md") if not any(part[0] == "." for part in file.parts[1:])
)
KINDS = {"detect": Detection, "inject": Injection, "alert": Delivery}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def unquoted(value: Any) -> str:
    text: str = json.loads(value)
    return text


def as_value(value: Any) -> Any:
    """Return a value whose strings have the quotes of HCL without them."""
    if isinstance(value, list):
        return [as_value(each) for each in value]
    return unquoted(value) if isinstance(value, str) else value


def default(variable: dict[str, Any]) -> str:
    if "default" not in variable:
        return "required"
    value = variable["default"]
    return f"`{json.dumps(as_value(value))}`"


def expected_rows(folder: Path) -> list[str]:
    """Return the table rows that describe a module's variables and outputs, in their order."""
    variables = hcl2.loads((folder / "variables.tf").read_text())["variable"]
    outputs = hcl2.loads((folder / "outputs.tf").read_text())["output"]
    rows = []
    for block in variables:
        for name, variable in block.items():
            kind = variable["type"].removeprefix("${").removesuffix("}")
            rows.append(
                f"| `{unquoted(name)}` | `{kind}` | {default(variable)} "
                f"| {unquoted(variable['description'])} |"
            )
    for block in outputs:
        for name, output in block.items():
            rows.append(f"| `{unquoted(name)}` | {unquoted(output['description'])} |")
    return rows


@pytest.mark.parametrize("folder", MODULES, ids=relative)
def test_the_tables_are_those_of_the_module(folder: Path) -> None:
    rows = expected_rows(folder)
    assert rows
    lines = (folder / "README.md").read_text().splitlines()
    present = [line for line in lines if line in rows]
    assert present == rows, "these rows belong into the README:\n" + "\n".join(rows)
    names = {row.split("|")[1] for row in rows}
    stale = [line for line in lines if line.startswith("| `") and line not in rows]
    assert not [line for line in stale if line.split("|")[1] in names]


def options_table() -> dict[str, tuple[str, str]]:
    """Return option → (type, default) as the root README's table of options has them."""
    text = (ROOT / "README.md").read_text()
    table = text.split("<!-- options -->")[1].split("<!-- /options -->")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    return {
        row[0].strip("`"): (row[1], row[2].strip("`")) for row in rows if row and row[0][:1] == "`"
    }


def test_every_option_is_in_the_table_and_no_other() -> None:
    assert {name.split(".")[0] for name in options_table()} == set(OPTIONS)


def test_the_defaults_in_the_table_are_those_of_the_engine() -> None:
    def callback(argument: object) -> bool:
        return bool(argument)

    policy = read_policies({"event": {"detect": callback, "inject": callback}}).valid["event"]
    for name, (_, documented) in options_table().items():
        if name in ("detect", "inject"):
            continue
        value: object = policy
        for part in name.split("."):
            value = getattr(value, part)
        assert documented == ("none" if value is None else json.dumps(value)), name


def test_the_engine_and_the_module_have_the_same_default() -> None:
    variables = hcl2.loads((ROOT / "variables.tf").read_text())["variable"]
    [variable] = [block['"max_workers"'] for block in variables if '"max_workers"' in block]
    assert variable["default"] == MAX_WORKERS


def kit_table() -> list[tuple[str, str, str]]:
    """Return (option, signature, IAM actions) of each maker in the root README's tables."""
    text = (ROOT / "README.md").read_text()
    rows = []
    option = ""
    for line in text.split("<!-- kit -->")[1].split("<!-- /kit -->")[0].splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if line.startswith("| maker for"):
            option = re.findall("`(.+?)`", cells[0])[0]
        elif line.startswith("| `"):
            rows.append((option, cells[0].strip("`"), cells[2]))
    return rows


def signature(maker: Any) -> str:
    """Return how a maker is called, without what all of them take."""
    arguments: list[str] = []
    for each in inspect.signature(maker).parameters.values():
        if each.name in ("timeout_sec", "clock"):
            continue
        if each.kind is each.KEYWORD_ONLY and "*" not in arguments:
            arguments.append("*")
        given = "{}" if "factory" in repr(each.default) else repr(each.default).replace("'", '"')
        name = f"*{each.name}" if each.kind is each.VAR_POSITIONAL else each.name
        arguments.append(name if each.default is each.empty else f"{name}={given}")
    return f"{maker.__name__}({', '.join(arguments)})"


def test_every_maker_of_the_kit_is_documented_as_it_is_called() -> None:
    documented = {row[1] for row in kit_table()}
    assert documented == {signature(getattr(kit, name)) for name in kit.__all__}


@pytest.mark.parametrize(("option", "call", "actions"), kit_table(), ids=lambda each: str(each))
def test_a_maker_of_the_kit_is_documented_with_its_actions(
    option: str, call: str, actions: str
) -> None:
    maker = getattr(kit, call.partition("(")[0])
    assert issubclass(maker, KINDS[option]) or maker in (kit.incident_action, kit.all_of)
    if "that of the secret" in actions:
        actions = "`secretsmanager:GetSecretValue`, `ssm:GetParameter`, `kms:Decrypt`"
    in_docstring = maker.__doc__.split("IAM actions:")[1]
    found = re.findall(r"`(\w+:\w+)`", actions)
    assert sorted(found) == sorted(set(re.findall(r"`(\w+:\w+)`", in_docstring)))


def test_every_field_of_the_state_is_documented() -> None:
    text = (ROOT / "README.md").read_text()
    for name in to_record(State()):
        assert f"| `{name}` |" in text


@pytest.mark.parametrize("readme", READMES, ids=relative)
def test_links_lead_somewhere(readme: Path) -> None:
    text = re.sub(r"```.*?```", "", readme.read_text(), flags=re.DOTALL)
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in text.splitlines()
        if line.startswith("#")
    }
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        assert not path or (readme.parent / path).exists(), target
        if anchor and not path:
            assert anchor in headings, target


HERE = "eu-central-1:123456789012"
VARIABLES = {
    "AWS_DEFAULT_REGION": "eu-central-1",
    "ALERT_TOPIC_ARN": f"arn:aws:sns:{HERE}:alerts",
    "ORDERS_QUEUE_ARN": f"arn:aws:sqs:{HERE}:orders",
    "REPLIES_QUEUE_ARN": f"arn:aws:sqs:{HERE}:replies",
    "PAGERDUTY_SECRET_ARN": f"arn:aws:secretsmanager:{HERE}:secret:pagerduty-AbCdEf",
    "REPORTS_BUCKET": "reports",
    "REPORT_FUNCTION": "report",
}


def test_the_event_logic_of_the_readme_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    found = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    events: list[str] = []
    for code in found:
        compile(code, "README.md", "exec")
        if "get_events" in code:
            namespace: dict[str, Any] = {}
            exec(code, namespace)  # noqa: S102  # our own README
            policies = read_policies(namespace["get_events"]())
            assert not policies.problems
            events += policies.valid
    assert events == ["shop", "report", "orders"]


def test_the_first_event_has_five_lines() -> None:
    section = (ROOT / "README.md").read_text().split("## A first event in five lines")[1]
    (code, *_) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    assert len([line for line in code.splitlines() if line]) == 5
