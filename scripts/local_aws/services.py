"""The AWS services of which this emulates more than moto does.

To add a service, give it a folder, and add its lines here: one that installs its patches of moto,
and one for the permissions that requests to it require of execution roles.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import local_aws.applicationautoscaling.patches
import local_aws.applicationautoscaling.permissions
import local_aws.awslambda.patches
import local_aws.awslambda.request_permissions
import local_aws.cloudwatch.patches
import local_aws.cloudwatch.permissions
import local_aws.dynamodb.patches
import local_aws.dynamodb.permissions
import local_aws.ec2.patches
import local_aws.ec2.permissions
import local_aws.ecs.patches
import local_aws.ecs.permissions
import local_aws.elasticache.patches
import local_aws.elasticache.permissions
import local_aws.events.object_events
import local_aws.events.permissions
import local_aws.iam.patches
import local_aws.logs.patches
import local_aws.logs.permissions
import local_aws.rds.patches
import local_aws.rds.permissions
import local_aws.s3.patches
import local_aws.s3.permissions
import local_aws.secretsmanager.permissions
import local_aws.ses.permissions
import local_aws.sns.patches
import local_aws.sns.permissions
import local_aws.sqs.patches
import local_aws.sqs.permissions
import local_aws.ssm.permissions
import local_aws.stepfunctions.log_destinations
import local_aws.stepfunctions.patches
import local_aws.stepfunctions.permissions
from local_aws import first_request
from local_aws.awslambda.invocations import Invoker
from local_aws.clock import Clock
from local_aws.iam.api_requests import RequiredPermissions
from local_aws.iam.authorization import Authorization
from local_aws.patching import patching
from local_aws.sns.email import Mailboxes
from local_aws.stepfunctions.clients import RoleClients

REQUIRED_PERMISSIONS: Mapping[str, RequiredPermissions] = {
    "application-autoscaling": local_aws.applicationautoscaling.permissions.required,
    "dynamodb": local_aws.dynamodb.permissions.required,
    "ec2": local_aws.ec2.permissions.required,
    "ecs": local_aws.ecs.permissions.required,
    "elasticache": local_aws.elasticache.permissions.required,
    "events": local_aws.events.permissions.required,
    "lambda": local_aws.awslambda.request_permissions.required,
    "logs": local_aws.logs.permissions.required,
    "monitoring": local_aws.cloudwatch.permissions.required,
    "rds": local_aws.rds.permissions.required,
    "s3": local_aws.s3.permissions.required,
    "secretsmanager": local_aws.secretsmanager.permissions.required,
    "ses": local_aws.ses.permissions.required,
    "sns": local_aws.sns.permissions.required,
    "sqs": local_aws.sqs.permissions.required,
    "ssm": local_aws.ssm.permissions.required,
    "states": local_aws.stepfunctions.permissions.required,
}
"""The permissions that requests require, by the name of the service in their signatures."""


@contextmanager
def patched(
    invoker: Invoker,
    authorization: Authorization,
    mailboxes: Mailboxes,
    clients: RoleClients,
    clock: Clock,
) -> Iterator[None]:
    """Patch moto for the time of a `with` block."""
    with patching() as patch:
        local_aws.awslambda.patches.install(patch, invoker, authorization)
        local_aws.cloudwatch.patches.install(patch)
        local_aws.ec2.patches.install(patch)
        local_aws.ecs.patches.install(patch, clock)
        local_aws.elasticache.patches.install(patch, clock)
        local_aws.events.object_events.install(patch)
        local_aws.iam.patches.install(patch)
        local_aws.logs.patches.install(patch)
        local_aws.s3.patches.install(patch, authorization)
        local_aws.sns.patches.install(patch, mailboxes)
        local_aws.sqs.patches.install(patch, clock)
        local_aws.stepfunctions.log_destinations.install(patch, authorization)
        local_aws.stepfunctions.patches.install(patch, clients, clock)
        first_request.install(
            patch,
            {
                "applicationautoscaling": partial(
                    local_aws.applicationautoscaling.patches.install, patch, clock
                ),
                "dynamodb": partial(local_aws.dynamodb.patches.install, patch, clock),
                "rds": partial(local_aws.rds.patches.install, patch, clock),
            },
        )
        yield
