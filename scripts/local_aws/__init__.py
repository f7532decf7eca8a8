"""An AWS for demonstrations and tests: the server of moto, and functions that really run.

It listens on loopback only, and keeps everything in memory. It is not part of what is deployed.
"""

from local_aws.aws import Invocation, LocalAws
from local_aws.cloudwatch.alarm_evaluation import StateChange
from local_aws.errors import (
    AlreadyRunning,
    Interrupted,
    LocalAwsError,
    NotEvaluable,
    PortInUse,
    RuleNotFireable,
)
from local_aws.sns.email import Email

__all__ = [
    "AlreadyRunning",
    "Email",
    "Interrupted",
    "Invocation",
    "LocalAws",
    "LocalAwsError",
    "NotEvaluable",
    "PortInUse",
    "RuleNotFireable",
    "StateChange",
]
