"""An AWS for demonstrations and tests: moto's server, and functions that really run.

It listens on loopback only and holds everything in memory. It is no part of what is deployed.
"""

from local_aws.aws import Invocation, LocalAws
from local_aws.errors import AlreadyRunning, LocalAwsError, PortInUse, RuleNotFireable

__all__ = [
    "AlreadyRunning",
    "Invocation",
    "LocalAws",
    "LocalAwsError",
    "PortInUse",
    "RuleNotFireable",
]
