"""Which services may invoke a function, by its resource-based policy."""

from __future__ import annotations

import json

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.utils import get_backend

from local_aws.iam.policies import Decision, Permission, Principal, evaluate


def may_invoke(function_arn: str, service: str, source_arn: str) -> bool:
    """Return whether a function exists and a service may invoke it for a resource.

    The service is a principal such as `sns.amazonaws.com`.
    """
    _, _, _, region, account_id, *_ = function_arn.split(":")
    try:
        function = get_backend(account_id, region).get_function(function_arn)
    except UnknownFunctionException:
        return False
    context = {"aws:sourcearn": source_arn, "aws:sourceaccount": source_arn.split(":")[4]}
    decision = evaluate(
        Permission("lambda:InvokeFunction", function_arn, context),
        resource_policies=[json.dumps({"Statement": function.policy.statements})],
        principal=Principal.service(service),
    )
    return decision is Decision.ALLOW
