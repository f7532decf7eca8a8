"""What moto forgets or answers otherwise than AWS does, by service."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from local_aws.completions import (
    alarms,
    buckets,
    functions,
    invoke_configs,
    logs,
    metrics,
    policies,
    provisioned,
    queues,
    topics,
)
from local_aws.completions.replace import replacing
from local_aws.invocations import Invoker
from local_aws.mail import Mailboxes
from local_aws.permissions import Permissions


@contextmanager
def installed(invoker: Invoker, permissions: Permissions, mailboxes: Mailboxes) -> Iterator[None]:
    """Complete moto for the time of a `with` block; functions are invoked by `invoker`."""
    with ExitStack() as stack:
        replace = replacing(stack)
        functions.install(replace, invoker, permissions)
        topics.install(replace, mailboxes)
        for service in (alarms, buckets, invoke_configs, logs):
            service.install(replace)
        for service in (metrics, policies, provisioned, queues):
            service.install(replace)
        yield
