"""What the embedded AWS refuses, in the words of one sentence."""


class LocalAwsError(Exception):
    """Something the person who uses the embedded AWS can put right."""


class PortInUse(LocalAwsError):
    """Another program listens on the wanted port."""


class AlreadyRunning(LocalAwsError):
    """This process has an embedded AWS; a second one would share its resources."""


class RuleNotFireable(LocalAwsError):
    """EventBridge would not invoke the function: the rule is off, unscheduled or not permitted."""


class NotEvaluable(LocalAwsError):
    """An alarm or a query asks for what CloudWatch may know and the embedded AWS does not."""


class Interrupted(LocalAwsError):
    """The embedded AWS was reset or closed during a call."""

    def __init__(self) -> None:
        super().__init__("The embedded AWS was reset or closed during this call.")
