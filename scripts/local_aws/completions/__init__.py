"""What moto forgets or answers otherwise than AWS does, by service."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from local_aws.completions import buckets, conditions, functions, logs, policies, queues
from local_aws.completions.replace import replacing
from local_aws.executor import Executor


@contextmanager
def installed(executor: Executor) -> Iterator[None]:
    """Complete moto for the time of a `with` block; functions are run by `executor`."""
    with ExitStack() as stack:
        replace = replacing(stack)
        functions.install(replace, executor)
        for service in (buckets, conditions, logs, policies, queues):
            service.install(replace)
        yield
