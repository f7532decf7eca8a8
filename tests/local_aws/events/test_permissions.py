"""With IAM enforced, functions may put events on the buses that their roles allow."""

from __future__ import annotations

import pytest

from local_aws import LocalAws

from ..roles import HERE, assert_requires

DENIED = [400, "AccessDeniedException"]
BUS = f"arn:aws:events:{HERE}:event-bus"


@pytest.mark.parametrize("bus", [None, "orders", f"{BUS}/orders"])
def test_an_event_requires_the_permission_for_its_bus(enforcing: LocalAws, bus: str | None) -> None:
    events = enforcing.client("events")
    if "orders" not in [each["Name"] for each in events.list_event_buses()["EventBuses"]]:
        events.create_event_bus(Name="orders")
    entry = {"Source": "shop", "DetailType": "order", "Detail": "{}"}
    entry |= {} if bus is None else {"EventBusName": bus}
    resource = f"{BUS}/orders" if bus else f"{BUS}/default"
    arguments = ("events:PutEvents", resource, f"{BUS}/other", DENIED)
    assert_requires(enforcing, "events", "put_events", {"Entries": [entry]}, *arguments)


def test_rules_require_a_permission_for_all_resources(enforcing: LocalAws) -> None:
    arguments = ("events:ListRules", "*", f"{BUS}/default", DENIED)
    assert_requires(enforcing, "events", "list_rules", {}, *arguments)
