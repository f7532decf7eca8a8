"""Ready-made callbacks for common events, each made by a call such as `http("https://…")`.

A callback of your own stays a plain function: use the kit where it saves you one. A maker is
imported when it is first used, so that the others cost nothing at a cold start.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .chats import slack as slack
    from .chats import teams as teams
    from .combined import all_of as all_of
    from .emails import email as email
    from .event_buses import put_events as put_events
    from .functions import invoke as invoke
    from .hosts import dns as dns
    from .hosts import tcp as tcp
    from .hosts import tls_valid_days as tls_valid_days
    from .incident_functions import incident_action as incident_action
    from .log_groups import log_line as log_line
    from .objects import s3_newer_than as s3_newer_than
    from .objects import s3_put as s3_put
    from .pages import http as http
    from .paging import pagerduty as pagerduty
    from .posts import http_post as http_post
    from .posts import webhook as webhook
    from .queues import sqs_below as sqs_below
    from .queues import sqs_reply as sqs_reply
    from .queues import sqs_send as sqs_send
    from .state_machines import start_execution as start_execution
    from .statistics import metric as metric
    from .tables import dynamodb_item as dynamodb_item
    from .topics import sns as sns
    from .topics import sns_publish as sns_publish

_MODULES = {
    "http": "pages",
    "tcp": "hosts",
    "tls_valid_days": "hosts",
    "dns": "hosts",
    "s3_newer_than": "objects",
    "sqs_below": "queues",
    "sqs_reply": "queues",
    "metric": "statistics",
    "log_line": "log_groups",
    "dynamodb_item": "tables",
    "sqs_send": "queues",
    "sns_publish": "topics",
    "s3_put": "objects",
    "invoke": "functions",
    "http_post": "posts",
    "put_events": "event_buses",
    "start_execution": "state_machines",
    "incident_action": "incident_functions",
    "sns": "topics",
    "slack": "chats",
    "teams": "chats",
    "pagerduty": "paging",
    "webhook": "posts",
    "email": "emails",
    "all_of": "combined",
}
"""The module of each maker."""

__all__ = list(_MODULES)


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made: object = getattr(import_module(f".{_MODULES[name]}", __name__), name)
    globals()[name] = made  # the next use finds it without this function
    return made


def __dir__() -> list[str]:
    return __all__
