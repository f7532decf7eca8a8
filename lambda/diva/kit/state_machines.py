"""State machines of Step Functions."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

from .arguments import Body, rendered, require_arn, require_body
from .aws import call, region_of
from .callback import Injection
from .permission import Permission

_ARN = "arn:aws:states:eu-central-1:123456789012:stateMachine:nightly"
_EMPTY: dict[str, object] = {}


@dataclass(frozen=True, slots=True)
class start_execution(Injection):  # noqa: N801
    """Starts an execution of a state machine, without waiting for it.

    IAM actions: `states:StartExecution` on the state machine.
    """

    state_machine_arn: str
    _: KW_ONLY
    input: Body | None = None

    def __post_init__(self) -> None:
        self.check_timeout()
        require_arn(self, "state_machine_arn", self.state_machine_arn, _ARN)
        if self.input is not None:
            require_body(self, "input", self.input)

    @property
    def subject(self) -> str:
        return self.state_machine_arn

    @property
    def permissions(self) -> tuple[Permission, ...]:
        return (Permission("states:StartExecution", self.state_machine_arn),)

    def inject(self, event_name: str) -> None:
        call(
            "stepfunctions",
            "start_execution",
            "states:StartExecution",
            region=region_of(self.state_machine_arn),
            stateMachineArn=self.state_machine_arn,
            input=rendered(_EMPTY if self.input is None else self.input, event_name),
        )
