"""The executor ends environments that start while it is reset."""

from __future__ import annotations

from pathlib import Path

from local_aws.awslambda.executor import Executor
from local_aws.awslambda.function import Function

from ...processes import PATIENCE_SEC
from ..functions import zipped


def function(code: str) -> Function:
    return Function(
        arn="arn:aws:lambda:us-east-1:123456789012:function:f",
        name="f",
        version="$LATEST",
        revision="1",
        region="us-east-1",
        runtime="python3.13",
        handler="main.handler",
        timeout_sec=PATIENCE_SEC,
        memory_mb=256,
        environment={},
        code=zipped({"main.py": code}),
        layers=(),
        log_group="/aws/lambda/f",
        log_format="Text",
        log_level=None,
    )


def test_an_environment_that_is_starting_ends_with_all_others(tmp_path: Path) -> None:
    waiting = function("import threading\nthreading.Event().wait()")

    def assume_role(_: Function) -> dict[str, str]:
        executor.retire_all()
        return {}

    executor = Executor(tmp_path, {}, lambda *_: None, assume_role)
    result = executor.invoke(waiting, "{}")

    assert result.function_error == "Unhandled"
    assert "Runtime.ExitError" in result.payload
