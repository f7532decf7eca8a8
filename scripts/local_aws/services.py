"""The AWS services that are emulated more fully than by moto alone: a line for each."""

from collections.abc import Iterator
from contextlib import contextmanager

import local_aws.awslambda.patches
import local_aws.cloudwatch.patches
import local_aws.iam.patches
import local_aws.logs.patches
import local_aws.s3.patches
import local_aws.sns.patches
import local_aws.sqs.patches
from local_aws.awslambda.invocations import Invoker
from local_aws.iam.authorization import Permissions
from local_aws.patching import patching
from local_aws.sns.email import Mailboxes


@contextmanager
def patched(invoker: Invoker, permissions: Permissions, mailboxes: Mailboxes) -> Iterator[None]:
    """Patch moto for the time of a `with` block."""
    with patching() as patch:
        local_aws.awslambda.patches.install(patch, invoker, permissions)
        local_aws.cloudwatch.patches.install(patch)
        local_aws.iam.patches.install(patch)
        local_aws.logs.patches.install(patch)
        local_aws.s3.patches.install(patch)
        local_aws.sns.patches.install(patch, mailboxes)
        local_aws.sqs.patches.install(patch)
        yield
