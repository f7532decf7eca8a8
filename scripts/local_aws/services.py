"""What moto forgets or answers otherwise than AWS does, by service."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from local_aws.awslambda import event_invoke_configs, functions, provisioned_concurrency
from local_aws.awslambda.invocations import Invoker
from local_aws.cloudwatch import metrics
from local_aws.cloudwatch import patches as alarms
from local_aws.iam import patches as policies
from local_aws.iam.authorization import Permissions
from local_aws.logs import patches as logs
from local_aws.patching import replacing
from local_aws.s3 import patches as buckets
from local_aws.sns import patches as topics
from local_aws.sns.email import Mailboxes
from local_aws.sqs import patches as queues


@contextmanager
def installed(invoker: Invoker, permissions: Permissions, mailboxes: Mailboxes) -> Iterator[None]:
    """Complete moto for the time of a `with` block; functions are invoked by `invoker`."""
    with ExitStack() as stack:
        replace = replacing(stack)
        functions.install(replace, invoker, permissions)
        topics.install(replace, mailboxes)
        for service in (alarms, buckets, event_invoke_configs, logs):
            service.install(replace)
        for service in (metrics, policies, provisioned_concurrency, queues):
            service.install(replace)
        yield
