"""Errors of the embedded AWS."""


class LocalAwsError(Exception):
    """Base class of errors that users of the embedded AWS can correct."""


class PortInUse(LocalAwsError):
    """Another program listens on the port."""


class AlreadyRunning(LocalAwsError):
    """The process runs an embedded AWS already. A second one would share its resources."""


class RuleNotFireable(LocalAwsError):
    """EventBridge would not invoke the function: the rule is disabled, or lacks permission."""


class NotEvaluable(LocalAwsError):
    """An alarm or a query uses a feature of CloudWatch that the embedded AWS lacks."""


class Interrupted(LocalAwsError):
    """The embedded AWS was reset or closed during a call."""

    def __init__(self) -> None:
        super().__init__("The embedded AWS was reset or closed during this call.")
